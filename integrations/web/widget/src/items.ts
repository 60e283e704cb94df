// What is shown of one conversation: each message once, in order, with words on their way and replies being written,
// and who is there.

import { filter, find, map, toJson } from "./safe.ts";
import type { ChatState, Greeting, Item, Message, Ticket, Waiting } from "./types.ts";
import type { World } from "./world.ts";

interface Entry extends Item {
  /** The message's id, or "" as long as the server has not given one. */
  id: string;
  /** 0 until it is known. */
  seq: number;
}

/** What is known of the conversation besides its words. */
export type Present = Pick<ChatState, "typing" | "holder" | "rep" | "connection">;

/** What an event may carry; an older or newer server may send less or more. */
interface Told extends Message, Partial<Pick<Present, "typing" | "rep">> {
  held_by?: Present["holder"];
  discarded?: boolean;
}

export interface Items {
  present: Present;
  list(): readonly Item[];
  clear(): void;
  /** Up to this seq nothing is missing. */
  lastSeq(): number;
  /** The newest seq that is shown. */
  newest(): number;
  /** How many messages of others came after a seq. */
  unread(seen: number): number;
  /** Show a message, in the place of its draft, of the words on their way or of what has this key; or as it reads now. */
  add(message: Message, key?: string): void;
  /** The server has taken these words as this message. */
  confirm(key: string, messageId: string): void;
  /** Show what waits to be sent, and nothing else of the kind. */
  sync(outbox: ReadonlyMap<string, Waiting>): void;
  /** Take an event of the stream; one that is not known here is left alone. */
  hear(name: string, data: unknown): void;
  /** The line is back after a cut: what is still being written comes again from its beginning. */
  dropDrafts(): void;
  greet(greeting: Greeting): void;
}

/** The key of a greeting, also when it has become a message of the conversation. */
export const GREETING = "greeting";
const TYPING_LASTS = 10_000;

export function createItems(world: World, note: (changes: Partial<Ticket>) => void, changed: () => void): Items {
  const present: Present = { typing: null, holder: "agent", rep: null, connection: "idle" };
  let entries: Entry[] = [];
  let agentName = "";
  let stopTyping = (): void => {};

  const byId = (id: string): Entry | undefined => find(entries, (entry) => entry.id === id);
  const byKey = (key: string): Entry | undefined => find(entries, (entry) => entry.key === key);
  const sorted = (): Entry[] => entries.sort((one, other) => (one.seq || Infinity) - (other.seq || Infinity));
  const keep = (is: (entry: Entry) => unknown): void => void (entries = filter(entries, is));

  function begin(key: string, author: Item["author"]): Entry {
    const entry = { ...BLANK, key, author };
    entries.push(entry);
    return entry;
  }

  function add(message: Message, key = ""): void {
    const { message_id: id, seq, author, author_name: name } = message;
    const entry = byKey(key) ?? byId(id) ?? guess(message) ?? begin(id, author);
    if (author === "agent") agentName = name;
    change(entry, { id, seq, author, name, ...described(message) });
  }

  /** A changed item is another object, so that who shows it can compare it with the one before. */
  function change(entry: Entry, changes: Partial<Entry>): void {
    const changed = { ...entry, ...changes };
    if (toJson(changed) === toJson(entry)) return;
    changed.version++;
    entries[entries.indexOf(entry)] = changed;
  }

  /** Words on their way that say what this message says. */
  function guess({ author, text, attachments = [] }: Message): Entry | undefined {
    const isAlike = (one: Entry): boolean =>
      one.text === text || (!one.text && !!one.files[0] && one.files.length === attachments.length);
    return find(entries, (one) => author === "visitor" && !one.id && one.delivery === "sending" && isAlike(one));
  }

  function show({ id, text, files, problem }: Waiting): void {
    const entry = byKey(id) ?? begin(id, "visitor");
    const delivery = problem === undefined ? "sending" : "failed";
    const shown = map(files, ({ name, size }) => ({ name, size }));
    if (!entry.id) change(entry, { text, delivery, problem: problem ?? "", files: shown });
  }

  // What comes

  function hearMessage(name: string, told: Told): void {
    const { author, author_name, author_picture: picture } = told;
    if (name === "delta") draft(told);
    if (name.startsWith("message")) add(told);
    if (name === "message" && author === "rep") present.rep = { name: author_name, picture };
    if (author !== "visitor") setTyping();
  }

  /** Append to the reply that is being written, or take it back. */
  function draft({ message_id: id, text, discarded }: Told): void {
    const known = byId(id);
    if (known && !known.isDraft) return;
    if (discarded) return keep((entry) => entry !== known);
    const entry = known ?? begin(id, "agent");
    change(entry, { id, isDraft: true, name: agentName, text: entry.text + (text ?? "") });
  }

  function hearHolder({ held_by = present.holder, rep = null }: Told): void {
    const isRep = held_by === "rep";
    present.holder = held_by;
    if (rep || !isRep) present.rep = rep;
    if (isRep) note({ isPersonAsked: false });
  }

  // The server says it again while somebody writes; when it is cut off, nobody says that it is over.
  function setTyping(who: Present["typing"] = null): void {
    stopTyping();
    present.typing = who;
    if (who) stopTyping = world.after(TYPING_LASTS, setTyping);
    changed();
  }

  return {
    present,
    add,
    list: () => [...sorted()],
    clear() {
      entries = [];
      setTyping();
      present.holder = "agent";
      present.rep = null;
    },
    lastSeq() {
      let last = 0;
      for (const { seq } of sorted()) if (seq === last + 1) last++;
      return last;
    },
    newest() {
      let newest = 0;
      for (const { seq } of entries) if (seq > newest) newest = seq;
      return newest;
    },
    unread: (seen) =>
      filter(entries, ({ author, isRemoved, seq }) => author !== "visitor" && !isRemoved && seq > seen).length,
    confirm(key, id) {
      const entry = byKey(key);
      const other = byId(id);
      // The message was taken for other words that say the same, or for nobody's.
      if (entry && other) change(entry, { key: other.key });
      if (entry) change(other ?? entry, { id, key, delivery: "sent", problem: "" });
    },
    sync(outbox) {
      keep(({ id, delivery, key }) => id || !delivery || outbox.has(key));
      for (const waiting of outbox.values()) if (!waiting.isPerson || waiting.problem) show(waiting);
    },
    hear(name, data) {
      const told = (data ?? {}) as Told;
      if (told.message_id) hearMessage(name, told);
      if (name === "typing") setTyping(told.typing);
      if (name === "held_by") hearHolder(told);
      if (name === "ended") note({ hasEnded: true });
      changed();
    },
    dropDrafts: () => keep(({ isDraft }) => !isDraft),
    greet({ text }) {
      change(byKey(GREETING) ?? begin(GREETING, "agent"), { text, seq: -1 });
    },
  };
}

const BLANK = {
  ...{ name: "", picture: "", text: "", at: "", sources: [], sentences: [], files: [], delivery: null, problem: "" },
  ...{ isDraft: false, isEdited: false, isRemoved: false, version: 0, id: "", seq: 0 },
};

function described(message: Message): Partial<Entry> {
  const { author, text, author_picture, created_at: at, sources = [], sentences = [], attachments = [] } = message;
  const isRemoved = !!message.deleted_at;
  return {
    ...{ at, sources, sentences, isRemoved, isDraft: false, problem: "" },
    text: isRemoved ? "" : text,
    picture: author_picture ?? "",
    files: map(attachments, (attachment) => ({ name: attachment.name, size: attachment.size, attachment })),
    delivery: author === "visitor" ? "sent" : null,
    isEdited: !!message.edited_at && !isRemoved,
  };
}
