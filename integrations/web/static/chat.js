// The visitor's side of one conversation: sends, receives, and says who is speaking.

import { newId, pause, request, RequestError, save } from "./api.js";
import { Composer } from "./composer.js";
import { byId, el, fill } from "./dom.js";
import { namesOf } from "./files.js";
import { MessageLog } from "./messages.js";
import { follow } from "./stream.js";
import { clockTime } from "./times.js";

const ATTEMPTS = 4;

export class Chat {
  /** `onActivity` is called when a turn may have been made, `onRefused` when the conversation is no longer ours. */
  constructor({ suggestions, localise, onActivity, onUnread, onRefused }) {
    this.localise = localise;
    this.log = new MessageLog(byId("chat-log"), ["visitor"], { openFile: (file) => this.openFile(file) });
    this.composer = new Composer(byId("chat-form"), {
      onSend: (text, files) => this.send(text, files),
      onTyping: () => this.post("typing", {}).catch(() => {}),
    });
    this.onActivity = onActivity;
    this.onUnread = onUnread;
    this.onRefused = onRefused;
    this.suggestions = suggestions;
    this.personButton = byId("talk-to-person");
    this.personButton.addEventListener("click", () => this.askForPerson());
  }

  /** Show a conversation: {conversation_id, visitor_token, disclosure, greeting, hours}. */
  open(conversation) {
    this.close();
    Object.assign(this, { conversation, queue: Promise.resolve(), holder: "agent", repName: null, hasSpoken: false });
    byId("chat-disclosure").textContent = conversation.disclosure;
    this.composer.enable(true);
    this.showPersonAsked(false);
    this.showHolder();
    this.showSuggestions();
    if (conversation.greeting) this.receive("message", conversation.greeting);
    this.stream = follow(`${this.path}/stream`, {
      token: conversation.visitor_token,
      lastId: 0,
      onEvent: (name, data) => this.receive(name, data),
      onState: (state) => this.showConnection(state),
    });
  }

  /** Forget the conversation. */
  close() {
    this.stream?.stop();
    this.log.clear();
    this.composer.enable(false);
    this.personButton.disabled = true;
    this.showStatus("");
  }

  get path() {
    return `/v1/conversations/${encodeURIComponent(this.conversation.conversation_id)}`;
  }

  post(action, body) {
    return request(`${this.path}/${action}`, { method: "POST", body, token: this.conversation.visitor_token });
  }

  // Sending

  send(text, files = []) {
    const words = { client_message_id: newId(), text: text || namesOf(files), files, attachment_ids: [] };
    const shown = { author: "visitor", text: words.text, attachments: files };
    const show = this.log.addPending(words.client_message_id, shown);
    this.spoke();
    show("sending", "Sending…");
    this.queue = this.queue.then(() => this.deliver(words, show));
  }

  spoke() {
    this.hasSpoken = true;
    this.showSuggestions();
  }

  async deliver(words, show) {
    const { conversation } = this;
    try {
      const receipt = await this.postUntilHeard(words, show);
      if (conversation !== this.conversation) return;
      show("sent", "Sent");
      this.log.confirm(words.client_message_id, receipt);
      this.onActivity();
    } catch (error) {
      show("failed", `Not sent. ${error.message} `, this.retryButton(words, show));
    }
  }

  async postUntilHeard(words, show) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.upload(words).then(() => this.post("messages", spoken(words)));
      } catch (error) {
        if (!(error instanceof RequestError) || !error.isPassing || attempt >= ATTEMPTS) throw error;
        show("sending", "No answer yet, trying again…");
        await pause((error.retryAfter ?? 2 ** (attempt - 1)) * 1000);
      }
    }
  }

  /** Bring the files to the server first; those that are there already are not sent again. */
  async upload({ files, attachment_ids: ids }) {
    for (const file of files.slice(ids.length)) {
      const form = new FormData();
      form.append("file", file, file.name);
      ids.push((await this.post("attachments", form)).attachment_id);
    }
  }

  async openFile({ url, name }) {
    try {
      await save(url, name, this.conversation.visitor_token);
    } catch (error) {
      this.showStatus(error.message);
    }
  }

  retryButton(words, show) {
    return el("button", { type: "button", class: "link", text: "Try again", onclick: () => {
      show("sending", "Sending…");
      this.queue = this.queue.then(() => this.deliver(words, show));
    } });
  }

  async askForPerson() {
    this.showPersonAsked(true);
    this.spoke();
    try {
      await this.post("human", { client_message_id: newId() });
      this.onActivity();
    } catch (error) {
      this.showPersonAsked(false);
      this.showStatus(error.message);
    }
  }

  // Receiving

  receive(name, data) {
    if (name === "message") this.receiveMessage(data);
    else if (name === "message_changed") this.log.amend(data);
    else if (name === "delta") this.log.draft(data);
    else if (name === "typing") this.log.setTyping(this.typingLabel(data.typing ?? data.who));
    else if (name === "held_by") this.receiveHolder(data);
  }

  receiveMessage(message) {
    const isNew = message.seq > this.log.lastSeq;
    if (message.author === "rep") this.repName = message.author_name;
    if (message.author === "visitor" && !this.hasSpoken) this.spoke();
    this.log.add(this.localised(message));
    this.showHolder();
    if (isNew && message.author !== "visitor") this.onUnread();
    this.onActivity();
  }

  /** The message with the addresses of its sources as they are on this site. */
  localised(message) {
    const here = (list) => list.map((source) => ({ ...source, url: this.localise(source.url) }));
    const sentences = message.sentences.map((sentence) => ({ ...sentence, sources: here(sentence.sources) }));
    return { ...message, sources: here(message.sources), sentences };
  }

  receiveHolder({ held_by: holder, rep }) {
    this.holder = holder;
    this.repName = rep?.name ?? this.repName;
    if (holder === "rep") this.showPersonAsked(false);
    this.showHolder();
    this.onActivity();
  }

  typingLabel(who) {
    if (who === "agent") return "The assistant is writing";
    if (who === "rep") return `${this.repName ?? "Our team"} is writing`;
    return null;
  }

  // Showing

  showHolder() {
    const isRep = this.holder === "rep";
    byId("chat-panel").dataset.holder = this.holder;
    fill(byId("chat-status"), isRep ? `${this.repName ?? "A person"} is here with you` : this.hoursSentence());
    this.personButton.hidden = isRep;
  }

  hoursSentence() {
    const { open, next_open_at: opens } = this.conversation.hours ?? {};
    if (open) return "Our team is at their desks";
    return opens ? `Our team is back ${clockTime(opens)}` : "Our team is away";
  }

  showPersonAsked(isAsked) {
    this.personButton.disabled = isAsked;
    this.personButton.querySelector("span").textContent = isAsked ? "Person asked" : "Talk to a person";
  }

  showConnection(state) {
    if (state === "live") this.log.dropDrafts();
    if (state === "lost") this.log.setTyping(null);
    this.showStatus(state === "lost" ? "Connection lost, reconnecting…" : "");
    if (state === "refused") this.onRefused();
  }

  showStatus(words) {
    byId("chat-notice").textContent = words;
    byId("chat-notice").hidden = !words;
  }

  showSuggestions() {
    const list = byId("chat-suggestions");
    list.parentElement.hidden = this.hasSpoken;
    fill(list, this.suggestions.map((text) => el("li", {}, this.suggestion(text))));
  }

  suggestion(text) {
    return el("button", { type: "button", text, onclick: () => {
      this.send(text);
      this.composer.focus();
    } });
  }
}

function spoken({ client_message_id, text, attachment_ids }) {
  return attachment_ids.length ? { client_message_id, text, attachment_ids } : { client_message_id, text };
}
