// What has come of a conversation: its messages, who is there and who is writing.

import { Items } from "./items.ts";
import type { Holder, Message, Person } from "./types.ts";
import type { World } from "./world.ts";

/** What an event may carry; an older or newer server may send less or more. */
interface Told extends Partial<Message> {
  typing?: "agent" | "rep" | null;
  held_by?: Holder;
  rep?: Person | null;
  discarded?: boolean;
}

export interface ReceivedEvents {
  onChange(): void;
  onHolder(holder: Holder): void;
  onEnded(): void;
}

const TYPING_LASTS = 10_000;
const DOUBT_LASTS = 2_000;

export class Received {
  readonly items: Items;
  typing: "agent" | "rep" | null = null;
  holder: Holder = "agent";
  rep: Person | null = null;
  private readonly world: World;
  private readonly events: ReceivedEvents;
  private readonly host: string;
  private stopTyping = (): void => {};

  constructor(world: World, host: string, events: ReceivedEvents) {
    this.world = world;
    this.host = host;
    this.events = events;
    this.items = new Items(host);
  }

  clear(): void {
    this.items.clear();
    this.setTyping(null);
    this.holder = "agent";
    this.rep = null;
  }

  /** Take an event of the stream; one that is not known here is left alone. */
  hear(name: string, data: unknown): void {
    const told = (data ?? {}) as Told;
    if (told.message_id) this.hearMessage(name, told);
    else if (name === "typing") this.setTyping(told.typing ?? null);
    else if (name === "held_by") this.hearHolder(told);
    else if (name === "ended") this.events.onEnded();
    this.events.onChange();
  }

  /** The line was cut and is back. */
  reconnected(): void {
    this.items.doubtDrafts();
    this.world.after(DOUBT_LASTS, () => {
      this.items.dropStale();
      this.events.onChange();
    });
  }

  private hearMessage(name: string, told: Told): void {
    const message = told as Message;
    if (name === "delta") this.items.draft(message);
    else if (name === "message_changed") this.items.amend(message);
    else if (name === "message" && message.seq) this.hearWords(message);
    if (message.author !== "visitor") this.setTyping(null);
  }

  private hearWords(message: Message): void {
    this.items.add(message);
    if (message.author === "rep") this.setRep({ name: message.author_name, picture: message.author_picture });
  }

  private hearHolder({ held_by: holder, rep }: Told): void {
    this.holder = holder ?? this.holder;
    if (rep || this.holder !== "rep") this.setRep(rep ?? null);
    this.events.onHolder(this.holder);
  }

  private setRep(rep: Person | null): void {
    this.rep = rep && { ...rep, picture: rep.picture ? new URL(rep.picture, this.host).href : null };
  }

  // The server says it again while somebody writes; when it is cut off, nobody says that it is over.
  private setTyping(who: "agent" | "rep" | null): void {
    this.stopTyping();
    this.typing = who;
    if (!who) return;
    this.stopTyping = this.world.after(TYPING_LASTS, () => {
      this.typing = null;
      this.events.onChange();
    });
  }
}
