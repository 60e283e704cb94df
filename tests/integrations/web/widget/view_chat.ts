// A chat without a server, for pages and tests of the view: it notes what it is asked and shows what it is told.

import { WORDS } from "./words.ts";
import type {
  Attachment,
  Chat,
  ChatState,
  Config,
  Greeting,
  Item,
  Opened,
  Say,
  Settings,
} from "../../../../integrations/web/widget/src/types.ts";

export const CONFIG: Config = {
  locale: "en-GB",
  company: "Tourvane",
  disclosure:
    "You are talking to an AI assistant of Tourvane. A person can join at any time.",
  hours: { open: true, next_open_at: null },
  expectation:
    "The assistant answers at once; Mia and Jonas usually join within 10 minutes.",
  reps: [{ name: "Mia Berg" }, { name: "Jonas Weber" }],
  texts: {},
  suggestions: [
    "What does it cost for 40 seats?",
    "Does it work with Salesforce?",
    "Can I see a demo?",
  ],
  files: { accept: ".pdf,.png,.txt", largest: 1_000_000, most: 3 },
  accent: null,
  booking_url: "https://tourvane.example/book",
  asks_email: true,
};

export const SETTINGS: Settings = {
  host: "https://hotline.example",
  locale: "en-GB",
  position: "right",
  theme: "auto",
  accent: "",
  zIndex: 2147483000,
  horizontalPadding: 20,
  verticalPadding: 20,
  launcherSelector: "",
  hidesLauncher: false,
  consent: "",
  texts: {},
  visitor: { traits: {} },
};

export const say: Say = (key, values = {}) =>
  (WORDS[key] ?? `(${key})`).replace(
    /\{(\w+)\}/g,
    (whole, name: string) => values[name] ?? whole,
  );

/** An item with everything that a test leaves out. */
export function item(given: Partial<Item> & { key: string }): Item {
  return {
    author: "agent",
    name: "",
    picture: "",
    text: "",
    at: "2026-11-22T09:30:00Z",
    sources: [],
    sentences: [],
    files: [],
    delivery: given.author === "visitor" ? "sent" : null,
    problem: "",
    isDraft: false,
    isEdited: false,
    isRemoved: false,
    version: 0,
    ...given,
  };
}

export class FakeChat implements Chat {
  draft = "";
  readonly asked: unknown[][] = [];
  /** What leaveEmail and rate fail with, if they do. */
  failure = "";
  state: ChatState = {
    config: CONFIG,
    items: [],
    typing: null,
    holder: "agent",
    rep: null,
    unread: 0,
    connection: "live",
    isPersonAsked: false,
    wantsEmail: false,
    hasEnded: false,
    rating: null,
    notice: "",
  };
  private readonly listeners = new Set<(state: ChatState) => void>();

  /** Change the state and say so. */
  become(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener(this.state));
  }

  /** Put an item in, or in the place of the one with its key. */
  put(given: Partial<Item> & { key: string }): void {
    const { items } = this.state;
    const at = items.findIndex(({ key }) => key === given.key);
    const made = item(given);
    this.become({
      items:
        at < 0
          ? [...items, made]
          : items.map((old, place) => (place === at ? made : old)),
    });
  }

  subscribe(listener: (state: ChatState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resume(): void {}

  open(): void {
    this.asked.push(["open"]);
  }

  send(text: string, files: File[]): void {
    this.asked.push(["send", text, files.map(({ name }) => name)]);
    const sent = files.map(({ name, size }) => ({ name, size }));
    this.put({
      key: `own-${this.state.items.length}`,
      author: "visitor",
      text,
      files: sent,
      delivery: "sending",
      at: "",
    });
  }

  retry(key: string): void {
    this.asked.push(["retry", key]);
  }

  discard(key: string): void {
    this.asked.push(["discard", key]);
  }

  typing(): void {
    this.asked.push(["typing"]);
  }

  askForPerson(): void {
    this.asked.push(["askForPerson"]);
    this.become({ isPersonAsked: true });
  }

  async leaveEmail(email: string): Promise<void> {
    this.fail();
    this.asked.push(["leaveEmail", email]);
    this.become({ wantsEmail: false });
  }

  async rate(score: number, comment: string): Promise<void> {
    this.fail();
    this.asked.push(["rate", score, comment]);
    this.become({ rating: score });
  }

  async end(): Promise<void> {
    this.asked.push(["end"]);
    this.become({ hasEnded: true });
  }

  startAnew(): void {
    this.asked.push(["startAnew"]);
    this.become({ hasEnded: false, rating: null, items: [] });
  }

  async openFile({ name }: Attachment): Promise<void> {
    this.asked.push(["openFile", name]);
  }

  transcript(): string {
    return "You: Hello";
  }

  seen(): void {
    this.asked.push(["seen"]);
    if (this.state.unread) this.become({ unread: 0 });
  }

  greet(greeting: Greeting): void {
    this.asked.push(["greet", greeting.id]);
  }

  adopt(_opened: Opened): void {}

  shutdown(): void {}

  private fail(): void {
    if (this.failure) throw new Error(this.failure);
  }
}
