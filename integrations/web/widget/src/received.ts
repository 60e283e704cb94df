// What has come of a conversation: its messages, who is there and who is writing.

import type { Items } from "./items.ts";
import type { Session } from "./session.ts";
import type { ChatState, Message } from "./types.ts";
import type { World } from "./world.ts";

/** What an event may carry; an older or newer server may send less or more. */
interface Told extends Partial<Message>, Partial<Pick<ChatState, "typing" | "rep">> {
  held_by?: ChatState["holder"];
}

export type Present = Pick<ChatState, "typing" | "holder" | "rep">;

export interface Received {
  present: Present;
  clear(): void;
  /** Take an event of the stream; one that is not known here is left alone. */
  hear(name: string, data: unknown): void;
  /** The line was cut and is back. */
  reconnected(): void;
}

const TYPING_LASTS = 10_000;
const DOUBT_LASTS = 2_000;

export function createReceived(world: World, items: Items, session: Session, changed: () => void): Received {
  const present: Present = { typing: null, holder: "agent", rep: null };
  let stopTyping = (): void => {};

  // The server says it again while somebody writes; when it is cut off, nobody says that it is over.
  function setTyping(who: Present["typing"] = null): void {
    stopTyping();
    present.typing = who;
    if (who) stopTyping = world.after(TYPING_LASTS, setTyping);
    changed();
  }

  function hearMessage(name: string, message: Message): void {
    const { author, author_name, author_picture } = message;
    if (name === "delta") items.draft(message);
    if (name.startsWith("message") && message.seq) items.add(message);
    if (name === "message" && author === "rep") present.rep = { name: author_name, picture: author_picture };
    if (author !== "visitor") setTyping();
  }

  function hearHolder({ held_by = present.holder, rep }: Told): void {
    present.holder = held_by;
    if (rep || held_by !== "rep") present.rep = rep ?? null;
    if (held_by === "rep" && session.ticket()?.isPersonAsked) session.note({ isPersonAsked: false });
  }

  return {
    present,
    clear() {
      items.clear();
      setTyping();
      hearHolder({ held_by: "agent" });
    },
    hear(name, data) {
      const told = (data ?? {}) as Told;
      if (told.message_id) hearMessage(name, told as Message);
      else if (name === "typing") setTyping(told.typing);
      else if (name === "held_by") hearHolder(told);
      else if (name === "ended") session.note({ hasEnded: true });
      changed();
    },
    reconnected() {
      items.doubtDrafts();
      world.after(DOUBT_LASTS, () => {
        items.dropStale();
        changed();
      });
    },
  };
}
