// One handoff opened at the desk: its actions, its briefing, and the conversation.

import { newId, request } from "./api.js";
import { showBriefing } from "./briefing.js";
import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { MessageLog } from "./messages.js";
import { stateWords } from "./queue.js";

const BUTTONS = { open: ["claim", "not-hot", "close"], mine: ["release", "not-hot", "close"] };

export class Case {
  /** `act(handoffId, action, body)` does it and tells whether it worked; `say` shows a sentence. */
  constructor({ act, say, repName }) {
    Object.assign(this, { act, say, repName, handoff: null });
    this.log = new MessageLog(byId("desk-log"), ["rep", "agent"]);
    this.composer = new Composer(byId("desk-form"), { onSend: (text) => this.speak(text) });
    for (const button of document.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.press(button.dataset.act));
    }
    for (const button of document.querySelectorAll("[data-show]")) {
      button.addEventListener("click", () => this.showView(button.dataset.show));
    }
    wireDialog("close-dialog", ({ outcome, note }) => this.do("close", { outcome, note }));
    wireDialog("not-hot-dialog", ({ reason, note }) => this.do("not_hot", { note: note ? `${reason}: ${note}` : reason }));
  }

  /** Show a handoff as it stands for this rep. */
  show(handoff, rep) {
    if (this.handoff?.handoff_id !== handoff.handoff_id) this.open(handoff);
    this.handoff = handoff;
    this.rep = rep;
    const isMine = handoff.state === "claimed" && handoff.claimed_by === rep;
    byId("case-title").textContent = handoff.briefing.who || "Anonymous visitor";
    byId("case-state").textContent = isMine ? "You hold this conversation" : stateWords(handoff, this.repName);
    this.showButtons(isMine ? BUTTONS.mine : BUTTONS[handoff.state] ?? []);
    this.composer.enable(isMine, isMine ? "Write to the visitor…" : this.whyNot(handoff));
    this.showBriefing(handoff);
  }

  open(handoff) {
    this.log.clear();
    this.composer.set("");
    this.shown = null;
    byId("briefing").scrollTop = 0;
    this.showView("briefing");
  }

  leave() {
    this.handoff = null;
  }

  showBriefing(handoff) {
    const content = JSON.stringify([handoff.handoff_id, handoff.briefing, handoff.reason]);
    if (content === this.shown) return;
    this.shown = content;
    showBriefing(byId("briefing"), handoff, this.repName);
  }

  showButtons(names) {
    for (const button of document.querySelectorAll("[data-act]")) button.hidden = !names.includes(button.dataset.act);
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
    const { messages } = await request(`/v1/handoffs/${encodeURIComponent(handoff.handoff_id)}`);
    if (this.handoff?.handoff_id !== handoff.handoff_id) return;
    const told = messages.filter(({ author, conversation_id: id }) => author !== "system" || id === handoff.conversation_id);
    for (const message of told) this.log.add(inCase(message, handoff), { announce: !isFirst });
    if (isFirst) this.log.scrollToEnd();
  }

  press(name) {
    if (name === "close" || name === "not-hot") return byId(`${name}-dialog`).showModal();
    return this.do(name);
  }

  async do(action, body) {
    const worked = await this.act(this.handoff.handoff_id, action, body);
    if (!worked || action !== "claim") return;
    this.showView("talk");
    this.composer.enable(true);
    this.composer.focus();
  }

  async speak(text) {
    const words = { text, client_message_id: newId() };
    const show = this.log.addPending(words.client_message_id, { author: "rep", author_name: this.repName(this.rep), text });
    show("sending", "Sending…");
    if (await this.act(this.handoff.handoff_id, "messages", words)) return show("sent");
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

function wireDialog(id, onAccept) {
  const dialog = byId(id);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "ok") onAccept(Object.fromEntries(new FormData(dialog.querySelector("form"))));
    dialog.returnValue = "";
    dialog.querySelector("form").reset();
  });
}
