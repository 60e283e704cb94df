// One handoff opened at the desk: its actions, its briefing, and the conversation.

import { newId, request } from "./api.js";
import { showBriefing } from "./briefing.js";
import { Composer } from "./composer.js";
import { Details } from "./details.js";
import { byId } from "./dom.js";
import { offerTargets, targetOf, whileBusy, wireForm } from "./forms.js";
import { MessageLog } from "./messages.js";
import { stateWords } from "./queue.js";

const BUTTONS = {
  open: ["claim", "transfer", "snooze", "not-hot", "close", "more"],
  mine: ["release", "transfer", "snooze", "not-hot", "close", "more"],
  claimed: ["more"],
  given_back: ["reopen", "more"],
  closed: ["reopen", "more"],
};
const HELD = ["claim", "reopen"];
const MINUTE = 60_000;

export class Case {
  /** `act(handoffId, action, body)` does it and says what went wrong, if anything; `say` shows a sentence. */
  constructor({ desk, act, say, repName }) {
    Object.assign(this, { desk, act, say, repName, handoff: null, unsent: new Map(), noted: new Set() });
    this.log = new MessageLog(byId("desk-log"), ["rep", "agent"]);
    this.composer = new Composer(byId("desk-form"), { onSend: (text) => this.speak(text) });
    this.details = new Details({ repName, say });
    for (const button of document.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => whileBusy(button, () => this.press(button.dataset.act)));
    }
    for (const button of document.querySelectorAll("[data-show]")) {
      button.addEventListener("click", () => this.showView(button.dataset.show));
    }
    this.wireForms();
  }

  wireForms() {
    const send = (action, body) => this.act(this.handoff.handoff_id, action, body);
    wireForm("close-dialog", ({ outcome, value, note }) => send("close", { outcome, note, value: value === "" ? null : Number(value) }));
    wireForm("not-hot-dialog", ({ reason, note }) => send("not_hot", { reason, note }));
    wireForm("transfer-dialog", ({ to, note }) => send("transfer", { ...targetOf(to), note }));
    wireForm("snooze-dialog", ({ minutes }) => send("snooze", { until: new Date(Date.now() + minutes * MINUTE).toISOString() }));
  }

  /** Show a handoff as it stands for this rep. */
  show(handoff, rep) {
    if (this.handoff?.handoff_id !== handoff.handoff_id) this.open(handoff);
    this.handoff = handoff;
    this.rep = rep;
    const isMine = handoff.state === "claimed" && handoff.claimed_by === rep;
    byId("case-title").textContent = handoff.briefing.who || "Anonymous visitor";
    byId("case-state").textContent = isMine ? "You hold this conversation" : stateWords(handoff, this.repName);
    this.showButtons(BUTTONS[isMine ? "mine" : handoff.state] ?? []);
    byId("aids").hidden = !isMine;
    this.composer.enable(isMine, isMine ? "Write to the visitor…" : this.whyNot(handoff));
    this.showBriefing(handoff, isMine);
  }

  open(handoff) {
    this.keepUnsent();
    this.log.clear();
    this.composer.set(this.unsent.get(handoff.handoff_id) ?? "");
    this.shown = null;
    byId("briefing").scrollTop = 0;
    this.showView("briefing");
  }

  leave() {
    this.keepUnsent();
    this.handoff = null;
  }

  /** Words that were not sent wait until the handoff is opened again. */
  keepUnsent() {
    if (this.handoff) this.unsent.set(this.handoff.handoff_id, this.composer.input.value);
  }

  /** Let the log tell that this rep has read it, once. */
  noteSeen(handoffId, rep) {
    const key = `${handoffId} ${rep}`;
    if (this.noted.has(key)) return;
    this.noted.add(key);
    const path = `/v1/handoffs/${encodeURIComponent(handoffId)}/seen`;
    request(path, { method: "POST", body: { rep } }).catch(() => this.noted.delete(key));
  }

  showBriefing(handoff, isMine) {
    const content = JSON.stringify([handoff.handoff_id, handoff.briefing, handoff.reason, handoff.call_back, isMine, this.rep]);
    if (content === this.shown) return;
    this.shown = content;
    const mayTell = isMine || handoff.call_back?.rep_id === this.rep;
    const onCalled = mayTell ? () => this.do("called") : null;
    showBriefing(byId("briefing"), handoff, { repName: this.repName, onCalled });
  }

  showButtons(names) {
    const isFocused = document.activeElement?.dataset?.act && !names.includes(document.activeElement.dataset.act);
    for (const button of document.querySelectorAll("[data-act]")) {
      if (!button.closest("#aids")) button.hidden = !names.includes(button.dataset.act);
    }
    if (isFocused) byId("case-title").focus();
  }

  whyNot({ state, claimed_by: rep }) {
    if (state === "open") return "Claim the handoff to write";
    if (state === "claimed") return `${this.repName(rep)} holds this conversation`;
    return "The agent answers here again";
  }

  showView(view) {
    byId("case").dataset.view = view;
    for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", button.dataset.show === view);
    if (view === "talk") this.log.scrollToEnd();
  }

  /** Read what was said since. */
  async refresh() {
    const { handoff } = this;
    if (!handoff) return;
    const isFirst = this.log.lastSeq === 0;
    const { messages } = await request(`/v1/handoffs/${encodeURIComponent(handoff.handoff_id)}/messages`);
    if (this.handoff?.handoff_id !== handoff.handoff_id) return;
    const told = messages.filter(({ author, conversation_id: id }) => author !== "system" || id === handoff.conversation_id);
    for (const message of told) this.log.add(inCase(message, handoff), { announce: !isFirst });
    if (isFirst) this.log.scrollToEnd();
  }

  press(name) {
    if (name === "more") return this.details.open(this.handoff.handoff_id);
    if (name === "draft" || name === "booking") return this.suggest(name);
    const dialog = document.getElementById(`${name}-dialog`);
    if (!dialog) return this.do(name);
    if (name === "transfer") offerTargets(byId("transfer-to"), { ...this.desk, rep: this.rep });
    return dialog.showModal();
  }

  async do(action) {
    const problem = await this.act(this.handoff.handoff_id, action);
    if (problem) return this.say(problem);
    if (!HELD.includes(action)) return undefined;
    this.showView("talk");
    this.composer.enable(true);
    this.composer.focus();
  }

  /** Put words that Hotline suggests into the box, for the rep to change and send. */
  async suggest(name) {
    const { handoff_id: id } = this.handoff;
    try {
      const { text } = await request(`/v1/handoffs/${encodeURIComponent(id)}/${name}`, { method: "POST", body: { rep: this.rep } });
      if (this.handoff?.handoff_id !== id) return;
      if (!text) return this.say("No draft just now: write it in your own words.");
      this.composer.set([this.composer.input.value.trim(), text].filter(Boolean).join("\n\n"));
      this.composer.focus();
      byId("aid-state").textContent = "Nothing is sent yet: change it as you like.";
    } catch (error) {
      this.say(error.message);
    }
  }

  async speak(text) {
    byId("aid-state").textContent = "";
    const words = { text, client_message_id: newId() };
    const show = this.log.addPending(words.client_message_id, { author: "rep", author_name: this.repName(this.rep), text });
    show("sending", "Sending…");
    const problem = await this.act(this.handoff.handoff_id, "messages", words);
    if (!problem) return show("sent");
    this.say(problem);
    this.log.forget(words.client_message_id);
    if (!this.composer.input.value) this.composer.set(text);
  }
}

/** Several conversations of one person are shown as one: in order of time, what was said elsewhere marked so. */
function inCase(message, { conversation_id: first }) {
  const seq = Date.parse(message.created_at);
  if (message.conversation_id === first) return { ...message, seq };
  const name = message.author_name || { agent: "Assistant", visitor: "Visitor" }[message.author];
  return { ...message, seq, author_name: `${name} · further conversation` };
}
