// The built-in rep desk: who is waiting, what is known, and the conversation itself.

import { request } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { Case } from "./case.js";
import { listenForGaps } from "./gaps.js";
import { isActive, ordered, showQueue, tickQueue } from "./queue.js";
import { follow } from "./stream.js";

const FALLBACK_REPS = [{ id: "mia", name: "Mia" }, { id: "jonas", name: "Jonas" }];
const KEPT_REP = "hotline.desk.rep";
const LOOK_AGAIN = 20_000;
const TOAST = 9_000;
const TITLE = document.title;

const desk = { reps: [], rep: null, handoffs: [], chosen: null, seen: null, loading: null };
const opened = new Case({ act, say: toast, repName });

byId("sign-in-form").addEventListener("submit", signIn);
byId("rep").addEventListener("change", () => chooseRep(byId("rep").value));
byId("back").addEventListener("click", () => choose(null));
listenForGaps(toast);
window.addEventListener("focus", keepUp);
setInterval(keepUp, LOOK_AGAIN);
setInterval(() => tickQueue(document), 1_000);
start();

async function start() {
  try {
    const me = await request("/v1/desk/me");
    showReps(me);
    await refresh();
    showPart("work");
    watch();
    if (!isNarrow()) choose(ordered(desk.handoffs).find(isActive)?.handoff_id ?? null, { focus: false });
  } catch (error) {
    if (error.status === 401 || error.status === 403) return showPart("sign-in");
    showPart("work");
    toast(`${error.message} Trying again in a few seconds.`);
    setTimeout(start, 5_000);
  }
}

function showPart(part) {
  byId("work").hidden = part !== "work";
  byId("me").hidden = part !== "work";
  byId("show-gaps").hidden = part !== "work";
  byId("sign-in").hidden = part !== "sign-in";
  if (part === "sign-in") byId("api-key").focus();
}

async function signIn(event) {
  event.preventDefault();
  const key = byId("api-key");
  try {
    await request("/desk/login", { method: "POST", body: { api_key: key.value.trim() } });
    key.value = byId("sign-in-error").textContent = "";
    start();
  } catch (error) {
    byId("sign-in-error").textContent = error.message;
    key.select();
  }
}

// Who I am

function showReps({ reps, rep }) {
  desk.reps = reps?.length ? reps : FALLBACK_REPS;
  fill(byId("rep"), desk.reps.map(({ id, name }) => el("option", { value: id, text: name })));
  const kept = localStorage.getItem(KEPT_REP);
  const mine = [rep?.id ?? rep, kept].find((id) => desk.reps.some((one) => one.id === id)) ?? desk.reps[0].id;
  byId("rep").value = desk.rep = mine;
}

function chooseRep(id) {
  desk.rep = id;
  localStorage.setItem(KEPT_REP, id);
  show();
}

function repName(id) {
  return desk.reps.find((rep) => rep.id === id)?.name ?? id ?? "a rep";
}

// Keeping up

function watch() {
  if (desk.stream) return;
  desk.stream = follow("/v1/desk/stream", {
    onEvent: (name) => name === "changed" && keepUp(),
    onState: showConnection,
  });
}

function showConnection(state) {
  const words = { live: "Live", lost: "Reconnecting…", refused: "Signed out" };
  byId("desk-connection").textContent = words[state];
  byId("desk-connection").dataset.state = state;
  if (state === "live") keepUp();
  if (state === "refused") leave();
}

function leave() {
  desk.stream?.stop();
  desk.stream = null;
  showPart("sign-in");
}

/** Read the handoffs again if signed in; a server that is away for a moment is asked again later. */
function keepUp() {
  if (desk.stream) refresh().catch((error) => error.status === 401 && leave());
}

/** Read the handoffs again; calls that come while one is under way are answered by one more reading. */
async function refresh() {
  if (desk.loading) return (desk.again = true);
  desk.loading = load();
  try {
    await desk.loading;
  } finally {
    desk.loading = null;
  }
  if (desk.again) {
    desk.again = false;
    await refresh();
  }
}

async function load() {
  const { handoffs } = await request("/v1/handoffs");
  desk.handoffs = handoffs;
  desk.seen ??= new Set(handoffs.map(({ handoff_id: id }) => id));
  show();
  await opened.refresh();
}

// Showing

function show() {
  const open = desk.handoffs.filter(({ state }) => state === "open");
  byId("queue-empty").hidden = desk.handoffs.some(isActive);
  byId("nothing-text").textContent = desk.handoffs.length ? "Choose a handoff to see its briefing and the conversation." : "All quiet.";
  byId("queue-count").textContent = open.length ? `${open.length} waiting` : "";
  showQueue(byId("queue"), desk.handoffs, { chosen: desk.chosen, isNew, repName, onChoose: choose });
  const fresh = open.filter(({ handoff_id: id }) => isNew(id)).length;
  document.title = fresh ? `(${fresh}) ${TITLE}` : TITLE;
  const handoff = desk.handoffs.find(({ handoff_id: id }) => id === desk.chosen);
  if (handoff) opened.show(handoff, desk.rep);
}

function isNew(id) {
  return !desk.seen.has(id);
}

function choose(id, { focus = true } = {}) {
  desk.chosen = id;
  if (id) desk.seen.add(id);
  document.body.dataset.view = id ? "case" : "list";
  byId("case").hidden = !id;
  byId("nothing").hidden = Boolean(id);
  if (!id) opened.leave();
  show();
  if (id) opened.refresh();
  if (id && focus && isNarrow()) byId("case-title").focus();
}

function isNarrow() {
  return matchMedia("(max-width: 859px)").matches;
}

// Acting

/** Do something with the chosen handoff; gives whether it worked. */
async function act(handoffId, action, body = {}) {
  try {
    await request(`/v1/handoffs/${encodeURIComponent(handoffId)}/${action}`, { method: "POST", body: { rep: desk.rep, ...body } });
    return true;
  } catch (error) {
    if (error.status === 401) leave();
    else toast(inWords(error));
    return false;
  } finally {
    keepUp();
  }
}

function inWords({ status, problem, message }) {
  const winner = problem.claimed_by;
  return status === 409 && winner ? `${repName(winner)} was faster and holds this conversation.` : message;
}

function toast(words) {
  const node = el("p", { class: "toast", "data-testid": "toast" }, el("span", { text: words }));
  node.append(el("button", { type: "button", class: "link", text: "Dismiss", onclick: () => node.remove() }));
  byId("toasts").replaceChildren(node);
  setTimeout(() => node.remove(), TOAST);
}
