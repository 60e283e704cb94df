// A sound and a notice of the browser for a new handoff; off until a rep turns them on.

import { byId } from "./dom.js";

const KEPT = "hotline.desk.alerts";
const NOTES = [[880, 0], [1174.7, 0.14]];

/** Let the button turn alerts on and off; `say` tells when the browser does not allow notices. */
export function listenForAlerts(say) {
  const button = byId("alerts");
  show(button);
  button.addEventListener("click", async () => {
    localStorage.setItem(KEPT, isOn() ? "off" : "on");
    show(button);
    if (!isOn()) return;
    ring();
    if (await askForNotices() === "denied") say("The browser shows no notices of this page; you will hear the sound only.");
  });
}

/** Tell of a new handoff. */
export function alertTo(handoff) {
  if (!isOn()) return;
  ring();
  if (window.Notification?.permission !== "granted" || document.hasFocus()) return;
  const { who, quote } = handoff.briefing;
  const notice = new Notification(who || "Anonymous visitor", { body: quote || handoff.reason, tag: handoff.handoff_id });
  notice.onclick = () => window.focus();
}

function isOn() {
  return localStorage.getItem(KEPT) === "on";
}

function show(button) {
  button.setAttribute("aria-pressed", String(isOn()));
  button.querySelector("[data-words]").textContent = isOn() ? "Alerts on" : "Alerts off";
}

async function askForNotices() {
  return window.Notification ? Notification.requestPermission() : "denied";
}

function ring() {
  const context = new AudioContext();
  for (const [pitch, at] of NOTES) play(context, pitch, context.currentTime + at);
  setTimeout(() => context.close(), 1_000);
}

function play(context, pitch, at) {
  const [tone, volume] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.12, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.35);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.36);
}
