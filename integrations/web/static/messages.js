// The list of messages of one conversation: ordered by seq, with drafts, pending words and a live region.

import { anchor, el, icon, initials, notedText, richText, safeAddress } from "./dom.js";
import { fileList, saysOnlyFiles } from "./files.js";
import { clockTime } from "./times.js";

const NEAR_END = 80;
const REMOVED = "This message was removed.";
const EDITED = "edited";

/** A message list inside `root`, which holds [data-items], [data-announcer] and [data-jump]. */
export class MessageLog {
  /** `ours` names the authors shown on the reader's own side; `openFile` fetches a file where a link would not do. */
  constructor(root, ours, { openFile } = {}) {
    this.openFile = openFile;
    this.scroller = root;
    this.items = root.querySelector("[data-items]");
    this.announcer = root.parentElement.querySelector("[data-announcer]");
    this.jump = root.parentElement.querySelector("[data-jump]");
    this.ours = ours;
    this.jump.addEventListener("click", () => this.scrollToEnd());
    this.scroller.addEventListener("scroll", () => this.isNearEnd() && (this.jump.hidden = true), { passive: true });
    this.clear();
  }

  clear() {
    this.items.replaceChildren();
    this.drafts = new Map();
    this.pending = new Map();
    this.byMessageId = new Map();
    this.lastSeq = 0;
    this.typing = null;
    this.jump.hidden = true;
  }

  /** Show a message once; it takes the place of its draft or of the pending words it confirms. */
  add(message, { announce = true } = {}) {
    if (this.byMessageId.has(message.message_id)) return this.amend(message);
    const wasNearEnd = this.isNearEnd();
    this.takeDraft(message.message_id)?.remove();
    const pending = this.takePendingLike(message);
    const item = pending ?? this.item(message);
    if (pending && message.attachments?.length) this.showAgain(item, message);
    this.byMessageId.set(message.message_id, item);
    item.at = message.created_at;
    item.version = version(message);
    this.place(item, message.seq);
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    if (announce && !this.ours.includes(message.author)) this.announce(message);
    this.settle(wasNearEnd || this.ours.includes(message.author), message);
  }

  /** Show a message again that was edited or taken back. */
  amend(message) {
    const item = this.byMessageId.get(message.message_id);
    if (!item) return;
    const isNews = item.version !== undefined && item.version !== version(message);
    if (isNews || (item.version === undefined && message.attachments?.length)) this.showAgain(item, message);
    if (isNews && !this.ours.includes(message.author)) this.announce({ ...message, text: changeIn(message) });
    item.version = version(message);
    stamp(item, message);
  }

  showAgain(item, message) {
    const delivery = item.querySelector(".delivery");
    item.querySelector(".body")?.replaceWith(this.body(message, this.ours.includes(message.author), delivery));
  }

  /** Show words that are on their way; gives a function that shows how far they are. */
  addPending(clientId, { author, author_name, text, attachments }) {
    const state = el("p", { class: "delivery", role: "status" });
    const item = this.item({ author, author_name, text, attachments }, state);
    this.pending.set(clientId, { item, author, text });
    this.place(item, Infinity);
    this.scrollToEnd();
    return (status, ...nodes) => {
      const wasNearEnd = this.isNearEnd();
      item.dataset.delivery = status;
      state.replaceChildren(...nodes);
      if (wasNearEnd) this.scrollToEnd();
    };
  }

  /** The server has the words: they now carry a seq, unless the stream brought them already. */
  confirm(clientId, { message_id: messageId, seq }) {
    const waiting = this.pending.get(clientId);
    if (!waiting) return;
    this.pending.delete(clientId);
    if (this.byMessageId.has(messageId)) return waiting.item.remove();
    this.byMessageId.set(messageId, waiting.item);
    this.place(waiting.item, seq);
    this.lastSeq = Math.max(this.lastSeq, seq);
  }

  /** Take back words that never got through. */
  forget(clientId) {
    this.pending.get(clientId)?.item.remove();
    this.pending.delete(clientId);
  }

  takePendingLike({ author, text }) {
    for (const [clientId, waiting] of this.pending) {
      if (waiting.author !== author || waiting.text !== text) continue;
      this.pending.delete(clientId);
      return waiting.item;
    }
    return null;
  }

  /** Append to the reply that is being written, or take it back. */
  draft({ message_id: id, text, discarded }) {
    if (discarded) return this.takeDraft(id)?.remove();
    if (this.byMessageId.has(id)) return;
    const wasNearEnd = this.isNearEnd();
    const draft = this.drafts.get(id) ?? this.startDraft(id);
    draft.text += text ?? "";
    draft.bubble.replaceChildren(...richText(balanced(draft.text)));
    this.typing?.remove();
    if (wasNearEnd) this.scrollToEnd();
  }

  startDraft(id) {
    const item = this.item({ author: "agent", author_name: this.agentName, text: "" });
    item.classList.add("is-draft");
    item.dataset.testid = "message-draft";
    const draft = { item, text: "", bubble: item.querySelector(".bubble") };
    this.drafts.set(id, draft);
    this.place(item, Infinity);
    return draft;
  }

  takeDraft(id) {
    const draft = this.drafts.get(id);
    this.drafts.delete(id);
    return draft?.item;
  }

  dropDrafts() {
    for (const { item } of this.drafts.values()) item.remove();
    this.drafts.clear();
  }

  /** Show who is writing; null ends it. */
  setTyping(label) {
    this.typing?.remove();
    this.typing = null;
    if (!label || this.drafts.size) return;
    const wasNearEnd = this.isNearEnd();
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.typing = el("li", { class: "typing" }, dots, el("span", { text: label }));
    this.typing.seq = Infinity;
    this.items.append(this.typing);
    if (wasNearEnd) this.scrollToEnd();
  }

  place(item, seq) {
    item.seq = seq;
    const next = [...this.items.children].find((other) => other !== item && other.seq > seq);
    this.items.insertBefore(item, next ?? (seq === Infinity ? this.typing : null));
    for (const one of [item, item.nextElementSibling]) one && relate(one);
  }

  item(message, delivery) {
    const { author } = message;
    const shared = { class: `message message-${author}`, "data-testid": `message-${author}`, "data-author": author };
    if (author === "system") return el("li", shared, el("p", { text: message.text }));
    const isOurs = this.ours.includes(author);
    const item = el("li", shared, avatar(message), this.body(message, isOurs, delivery));
    item.classList.toggle("is-ours", isOurs);
    if (author === "agent" && message.author_name) this.agentName = message.author_name;
    return item;
  }

  body(message, isOurs, delivery) {
    const bubble = saysOnlyFiles(message) ? null : words(message);
    const files = fileList(message.attachments, this.openFile);
    return el("div", { class: "body" }, byline(message, isOurs), bubble, files, sources(message), delivery);
  }

  announce(message) {
    const who = message.author === "system" ? "" : `${message.author_name || message.author}: `;
    this.announcer.append(el("p", { text: who + message.text }));
    while (this.announcer.childElementCount > 5) this.announcer.firstElementChild.remove();
  }

  settle(mayScroll, message) {
    if (this.typing && message.author !== "visitor") this.setTyping(null);
    if (mayScroll) this.scrollToEnd();
    else this.jump.hidden = false;
  }

  isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }
}

function balanced(text) {
  return text.split("**").length % 2 ? text : `${text}**`;
}

function stamp(item, { created_at: at }) {
  item.at = at;
  relate(item);
}

/** Show what depends on the message before: whether the name is repeated, and whether the day is told. */
function relate(item) {
  const before = item.previousElementSibling;
  const follows = before?.dataset.author === item.dataset.author && nameIn(before) === nameIn(item);
  item.classList.toggle("is-follower", Boolean(item.dataset.author) && follows);
  const time = item.querySelector(".by time");
  if (!time || !item.at) return;
  time.dateTime = item.at;
  time.textContent = clockTime(item.at, before?.at);
}

function nameIn(item) {
  return item.querySelector(".by")?.dataset.name;
}

function avatar(message) {
  const { author, author_name: name } = message;
  if (author === "agent") return el("span", { class: "avatar", "aria-hidden": "true" }, icon("spark"));
  if (author === "rep") return picture(message) ?? el("span", { class: "avatar", "aria-hidden": "true", text: initials(name) });
  return el("span", { class: "avatar", "aria-hidden": "true" }, icon("person"));
}

function picture({ author_picture: address, author_name: name }) {
  const src = safeAddress(address);
  if (!src) return null;
  const shown = el("span", { class: "avatar", "aria-hidden": "true" });
  shown.append(el("img", { src, alt: "", onerror: () => shown.replaceChildren(initials(name)) }));
  return shown;
}

function words(message) {
  if (message.deleted_at) return el("div", { class: "bubble is-removed" }, el("p", { text: REMOVED }));
  const isOwnWords = message.author === "visitor";
  return el("div", { class: "bubble" }, isOwnWords ? el("p", { text: message.text }) : noted(message));
}

function changeIn({ text, deleted_at: deleted }) {
  return deleted ? REMOVED : `${EDITED}: ${text}`;
}

function version({ edited_at: edited, deleted_at: deleted }) {
  return `${edited ?? ""}|${deleted ?? ""}`;
}

function byline({ author, author_name: name, edited_at: edited, deleted_at: deleted }, isOurs) {
  const isYou = author === "visitor" && isOurs;
  const shown = isYou ? "You" : name || { agent: "Assistant", rep: "Our team", visitor: "Visitor" }[author];
  const mark = author === "agent" ? el("span", { class: "ai", text: "AI" }) : null;
  return el("p", { class: "by", "data-name": shown }, el("span", { text: shown }), mark, el("time"),
    edited && !deleted ? el("span", { class: "edited", text: EDITED }) : null);
}

/** The words of a reply, with a small number behind each sentence that a page backs. */
function noted({ text, sentences, sources: pages }) {
  if (!sentences?.length) return richText(text);
  return notedText(sentences.map((sentence) => [sentence.text, citations(sentence.sources, pages)]));
}

/** One number for each page, which leads to the passage. */
function citations(cited, pages) {
  const first = cited.filter(({ source }, at) => pages[source] && cited.findIndex((other) => other.source === source) === at);
  return first.map(({ source, title, url }) => {
    const name = `Source ${source + 1}: ${title}`;
    return el("sup", { class: "citation" }, anchor(String(source + 1), url, { "aria-label": name, title: name }));
  });
}

function sources({ sources: list, sentences }) {
  if (!list?.length) return null;
  const links = list.map(({ title, url }) => anchor(title || url, url));
  if (sentences?.length) links.forEach((link, at) => link instanceof Element && link.prepend(number(at)));
  return el("ul", { class: "sources", "aria-label": "Sources" }, links.map((link) => el("li", {}, link)));
}

function number(at) {
  return el("span", { class: "number", "aria-hidden": "true", text: String(at + 1) });
}
