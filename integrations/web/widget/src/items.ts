// The list of one conversation: each message once, in order, with words on their way and replies being written.

import { filter, find, map, toJson } from "./safe.ts";
import type { Attachment, Greeting, Item, Message, Waiting } from "./types.ts";

interface Entry {
  item: Item;
  /** The message's id, or "" as long as the server has not given one. */
  id: string;
  /** Infinity until it is known. */
  seq: number;
  born: number;
  /** A reply from before the line was cut, which may be gone by now. */
  isStale: boolean;
}

interface Delta {
  message_id: string;
  text?: string;
  discarded?: boolean;
}

const GREETING = "greeting";

export class Items {
  /** Up to this seq nothing is missing. */
  lastSeq = 0;
  /** The newest seq that is shown. */
  newest = 0;
  private readonly host: string;
  private list: Entry[] = [];
  private seqs = new Set<number>();
  private births = 0;
  private agentName = "";

  constructor(host: string) {
    this.host = host;
  }

  get items(): Item[] {
    return map(this.list, (entry) => entry.item);
  }

  clear(): void {
    this.list = [];
    this.seqs.clear();
    this.lastSeq = this.newest = 0;
  }

  /** How many messages of others came after a seq. */
  unread(seen: number): number {
    const isNew = ({ item, seq }: Entry): boolean =>
      item.author !== "visitor" && !item.isRemoved && seq > seen && seq < Infinity;
    return filter(this.list, isNew).length;
  }

  /** Show a message, in the place of its draft or of the words on their way; or show it as it reads now. */
  add(message: Message): void {
    const known = find(this.list, ({ id }) => id === message.message_id);
    const entry = known ?? this.guess(message) ?? this.begin(message.message_id, message.author);
    entry.id = message.message_id;
    if (message.author === "agent") this.agentName = message.author_name;
    this.fill(entry, message);
    this.place(entry, message.seq);
    this.seqs.add(message.seq);
    while (this.seqs.has(this.lastSeq + 1)) this.lastSeq++;
    if (message.seq > this.newest) this.newest = message.seq;
  }

  /** Show a message again that was edited or taken back. */
  amend(message: Message): void {
    const entry = find(this.list, ({ id }) => id === message.message_id);
    if (entry) this.fill(entry, message);
  }

  /** The server has taken these words as this message. */
  confirm(key: string, messageId: string): void {
    const entry = find(this.list, ({ item }) => item.key === key);
    if (!entry) return;
    const other = find(this.list, ({ id }) => id === messageId);
    // The message was taken for other words that say the same, or for nobody's.
    if (other) this.change(entry, { key: other.item.key });
    if (!other) entry.id = messageId;
    this.change(other ?? entry, { key, delivery: "sent", problem: "" });
  }

  /** Show what waits to be sent, and nothing else of the kind. */
  sync(outbox: readonly Waiting[]): void {
    this.list = filter(this.list, ({ id, item }) => {
      return id || !item.delivery || find(outbox, (waiting) => waiting.id === item.key);
    });
    for (const waiting of outbox) if (!waiting.isPerson || waiting.problem) this.await(waiting);
  }

  /** Append to the reply that is being written, or take it back. */
  draft({ message_id: id, text = "", discarded }: Delta): void {
    const known = find(this.list, (entry) => entry.id === id);
    if (known && !known.item.isDraft) return;
    if (discarded) return this.remove(known);
    const entry = known ?? this.begin(id, "agent");
    entry.id = id;
    const before = entry.isStale ? "" : entry.item.text;
    entry.isStale = false;
    this.change(entry, { isDraft: true, name: this.agentName, text: before + text });
    if (!known) this.place(entry, Infinity);
  }

  /** The line was cut and is back: what is still being written comes again from its beginning. */
  doubtDrafts(): void {
    for (const entry of this.list) entry.isStale = entry.item.isDraft;
  }

  dropStale(): void {
    this.list = filter(this.list, ({ isStale, item }) => !(isStale && item.isDraft));
  }

  greet({ text }: Greeting): void {
    if (find(this.list, ({ item }) => item.key === GREETING)) return;
    const entry = this.begin(GREETING, "agent");
    this.change(entry, { text });
    this.place(entry, 0);
  }

  /** The greeting is a message of the conversation now. */
  welcome(message: Message): void {
    const entry = find(this.list, ({ item }) => item.key === GREETING);
    if (entry) entry.id = message.message_id;
    this.add(message);
  }

  private await({ id, text, files, problem }: Waiting): void {
    const known = find(this.list, ({ item }) => item.key === id);
    if (known?.id) return;
    const entry = known ?? this.begin(id, "visitor");
    const delivery = problem === undefined ? "sending" : "failed";
    const shown = map(files, ({ name, size }) => ({ name, size }));
    this.change(entry, { text, delivery, problem: problem ?? "", files: shown });
    if (!known) this.place(entry, Infinity);
  }

  private fill(entry: Entry, message: Message): void {
    const { text, author, author_name: name, author_picture, created_at: at } = message;
    const isRemoved = Boolean(message.deleted_at);
    const delivery = author === "visitor" ? "sent" : null;
    const picture = author_picture ? new URL(author_picture, this.host).href : "";
    const files = map(message.attachments ?? [], (attachment) => described(attachment));
    const rests = { sources: message.sources ?? [], sentences: message.sentences ?? [] };
    const isEdited = Boolean(message.edited_at) && !isRemoved;
    const words = { author, name, picture, text: isRemoved ? "" : text, at, isEdited, isRemoved, ...rests };
    this.change(entry, { ...words, delivery, files, problem: "", isDraft: false });
  }

  /** Words on their way that say what this message says. */
  private guess({ author, text, attachments = [] }: Message): Entry | undefined {
    if (author !== "visitor") return undefined;
    const isAlike = ({ item }: Entry): boolean =>
      item.text === text || (!item.text && item.files.length > 0 && item.files.length === attachments.length);
    return find(this.list, (entry) => !entry.id && entry.item.delivery === "sending" && isAlike(entry));
  }

  private begin(key: string, author: Item["author"]): Entry {
    const item: Item = { ...BLANK, key, author };
    return { item, id: "", seq: Infinity, born: ++this.births, isStale: false };
  }

  /** A changed item is another object, so that who shows it can compare it with the one before. */
  private change(entry: Entry, changes: Partial<Item>): void {
    const changed = { ...entry.item, ...changes };
    if (toJson(changed) !== toJson(entry.item)) entry.item = { ...changed, version: changed.version + 1 };
  }

  private remove(entry: Entry | undefined): void {
    this.list = filter(this.list, (one) => one !== entry);
  }

  private place(entry: Entry, seq: number): void {
    const isPlaced = this.list.indexOf(entry) >= 0;
    if (isPlaced && entry.seq === seq) return;
    if (isPlaced) this.remove(entry);
    entry.seq = seq;
    let at = this.list.length;
    while (at > 0 && isAfter(this.list[at - 1], entry)) at--;
    this.list.splice(at, 0, entry);
  }
}

const BLANK: Omit<Item, "key" | "author"> = {
  ...{ name: "", picture: "", text: "", at: "", sources: [], sentences: [], files: [], delivery: null, problem: "" },
  ...{ isDraft: false, isEdited: false, isRemoved: false, version: 0 },
};

function isAfter(one: Entry | undefined, other: Entry): boolean {
  if (!one) return false;
  return one.seq === other.seq ? one.born > other.born : one.seq > other.seq;
}

function described(attachment: Attachment): Item["files"][number] {
  return { name: attachment.name, size: attachment.size, attachment };
}
