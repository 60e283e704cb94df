// What the parts of the widget share: the shapes of the wire, what is kept, and what each part offers the others.

// The wire

export interface Source {
  title: string;
  url: string;
}

export interface Citation extends Source {
  /** The place of the page in the message's `sources`, from 0. */
  source: number;
}

export interface Sentence {
  text: string;
  sources: Citation[];
}

export interface Attachment {
  attachment_id: string;
  name: string;
  media_type: string;
  size: number;
  url: string;
}

export type Author = "visitor" | "agent" | "rep" | "system";
export type Holder = "agent" | "rep" | "nobody";

/** A message as the server gives it. An older server may leave out what came later: every list may be missing. */
export interface Message {
  seq: number;
  message_id: string;
  author: Author;
  author_name: string;
  author_picture?: string | null;
  text: string;
  created_at: string;
  sources?: Source[];
  sentences?: Sentence[];
  attachments?: Attachment[];
  edited_at?: string | null;
  deleted_at?: string | null;
}

export interface Person {
  name: string;
  picture?: string | null;
}

export interface Hours {
  open: boolean;
  next_open_at: string | null;
}

/** What `POST /v1/conversations` answers. */
export interface Opened {
  conversation_id: string;
  visitor_token: string;
  disclosure: string;
  greeting: Message | null;
  hours: Hours;
}

export interface FileRules {
  /** For the `accept` of a file input: ".pdf,.png". */
  accept: string;
  /** In bytes. */
  largest: number;
  most: number;
}

/** What `GET /v1/widget` answers. */
export interface Config {
  locale: string;
  company: string;
  disclosure: string;
  hours: Hours;
  /** One sentence on who is there and how soon they answer. */
  expectation: string;
  reps: Person[];
  texts: Record<string, string>;
  suggestions: string[];
  files: FileRules | null;
  accent: string | null;
  booking_url: string;
  /** Whether an address may be asked for while nobody is at the desk. */
  asks_email: boolean;
}

/** What a playbook rule lets the widget say unasked; `after_seconds` on the page. */
export interface Greeting {
  id: string;
  text: string;
  after_seconds: number;
  suggestions: string[];
}

// What is kept between pages

export interface Waiting {
  id: string;
  text: string;
  at: number;
  /** Names of files that travel with it; their bytes lie in the browser's cache. */
  files: { id: string; name: string; size: number; type: string; attachmentId?: string }[];
  /** A press of "talk to a person" instead of words. */
  isPerson?: boolean;
  /** Why the server refused it; it waits for the visitor to try again or to delete it. */
  problem?: string;
}

/** What opens the conversation again on the next page. */
export interface Ticket {
  id: string;
  token: string;
  renewedAt: number;
  seen: number;
  isPersonAsked?: boolean;
  hasEnded?: boolean;
  rating?: number;
}

export interface Kept {
  anonymousId: string;
  conversation: Ticket;
  /** The `user_id` of whom all this belongs to; "" or missing: nobody has said. */
  person: string;
  /** The address that was left; "" when the visitor would rather not. */
  leftEmail: string;
  outbox: Waiting[];
  draft: string;
  isOpen: boolean;
  /** Ids of greetings that were shown, and "*" once one was dismissed. */
  greeted: string[];
  visitedAt: number;
  consent: boolean;
  config: Config;
}

/** Where the widget remembers. Nothing reaches the disk before `allow()`; where storage is forbidden, nothing ever does. */
export interface Store {
  /** Whether what is set is kept on the disk. */
  readonly isAllowed: boolean;
  get<K extends keyof Kept>(key: K): Kept[K] | undefined;
  set<K extends keyof Kept>(key: K, value: Kept[K] | undefined): void;
  /** The visitor has done something, or consents: from now on what is set is kept. */
  allow(): void;
  clear(): void;
}

// Settings, as commands and attributes give them (see settings.ts)

export interface Visitor {
  user_id?: string;
  email?: string;
  name?: string;
  user_hash?: string;
  user_jwt?: string;
  traits: Record<string, string | number | boolean>;
}

export interface Settings {
  /** Address of the server, without a slash at the end. */
  host: string;
  locale: string;
  position: "right" | "left";
  theme: "light" | "dark" | "auto";
  accent: string;
  zIndex: number;
  horizontalPadding: number;
  verticalPadding: number;
  launcherSelector: string;
  hidesLauncher: boolean;
  /** "required": nothing is told or kept before consent; "granted": the site has it; "": told, kept after the first act. */
  consent: "" | "required" | "granted";
  texts: Record<string, string>;
  visitor: Visitor;
}

// The conversation, as the view sees it

export type Delivery = "sending" | "sent" | "failed";

/** One thing in the list: a message, words on their way, or a reply being written. */
export interface Item {
  /** Stable from the first press of Send to the end: the client id of own words, else the message id. */
  key: string;
  author: Author;
  name: string;
  picture: string;
  text: string;
  /** ISO 8601; "" until the server has said when. */
  at: string;
  sources: Source[];
  sentences: Sentence[];
  files: { name: string; size: number; attachment?: Attachment }[];
  delivery: Delivery | null;
  /** What to say beside "not sent". */
  problem: string;
  isDraft: boolean;
  isEdited: boolean;
  isRemoved: boolean;
  /** Goes up whenever anything of this item changes. */
  version: number;
}

export interface ChatState {
  config: Config | null;
  items: readonly Item[];
  typing: "agent" | "rep" | null;
  holder: Holder;
  rep: Person | null;
  unread: number;
  /** "idle": nothing to watch yet. */
  connection: "idle" | "live" | "lost";
  isPersonAsked: boolean;
  /** Nobody is at the desk and no address is known: asking for one helps. */
  wantsEmail: boolean;
  hasEnded: boolean;
  /** What the visitor said of the conversation, 1 to 5. */
  rating: number | null;
  /** A sentence to show above the list, or "". */
  notice: string;
}

/** One visitor's conversation; survives pages, tabs, sleep and outages. */
export interface Chat {
  readonly state: ChatState;
  /** Called after each change, at most once a frame. Gives what ends it. */
  subscribe(listener: (state: ChatState) => void): () => void;
  /** Resume what there is: called at start when something is kept. */
  resume(): void;
  /** The panel opens: fetch what it needs. Never throws; state tells. */
  open(): void;
  send(text: string, files: File[]): void;
  retry(key: string): void;
  discard(key: string): void;
  typing(): void;
  askForPerson(): void;
  /** Rejects with a sentence when the address is refused; "" is "not now". */
  leaveEmail(email: string): Promise<void>;
  rate(score: number, comment: string): Promise<void>;
  end(): Promise<void>;
  /** After the end: the next words begin a new conversation. */
  startAnew(): void;
  openFile(attachment: Attachment): Promise<void>;
  /** The whole conversation as plain text, with names and times. */
  transcript(): string;
  /** The visitor is looking at the newest message. */
  seen(): void;
  draft: string;
  /** Show what a greeting said as the first message; it is told to the server with the first words. */
  greet(greeting: Greeting): void;
  /** Take over a conversation that was opened elsewhere (the demo's personas, a resume link). */
  adopt(opened: Opened): void;
  /** Forget everything: the visitor signed out. */
  shutdown(): void;
}

/** The launcher and the panel, in a shadow root. */
export interface View {
  readonly isOpen: boolean;
  open(prefill?: string): void;
  close(): void;
  /** Settings changed: colours, texts, position, launcher. */
  update(settings: Settings): void;
  /** Show a proactive greeting beside the launcher; false when now is not the time (typing, a dialog, the panel is open). */
  showGreeting(greeting: Greeting): boolean;
  destroy(): void;
}

export interface ViewEvents {
  onShow(): void;
  onHide(): void;
  /** Any first act of the visitor: things may be kept from now on. */
  onInteraction(): void;
  onGreetingDismissed(greeting: Greeting): void;
  onGreetingTaken(greeting: Greeting): void;
}

/** Gives a text of the interface by its key, its `{name}` placeholders filled. */
export type Say = (key: string, values?: Record<string, string>) => string;
