// A site with the widget on it: the real commands and settings, with a chat and a view that note what they are told.

import { start } from "../../../../integrations/web/widget/src/start.ts";
import type { Told } from "../../../../integrations/web/widget/src/engagement.ts";
import type {
  Chat,
  ChatState,
  Greeting,
  Item,
  Kept,
  Opened,
  Settings,
  View,
  ViewEvents,
} from "../../../../integrations/web/widget/src/types.ts";
import { complaints, FakeClock, FakePage, FakeStore } from "./fake_page.ts";

type Hotline = (...given: unknown[]) => unknown;

const NOTHING: ChatState = {
  config: null,
  items: [],
  typing: null,
  holder: "agent",
  rep: null,
  unread: 0,
  connection: "idle",
  isPersonAsked: false,
  wantsEmail: false,
  hasEnded: false,
  rating: null,
  notice: "",
};

export class FakeChat implements Chat {
  state = NOTHING;
  draft = "";
  acts: string[] = [];
  greeted: Greeting[] = [];
  adopted: Opened[] = [];
  #listeners: ((state: ChatState) => void)[] = [];

  subscribe(listener: (state: ChatState) => void): () => void {
    this.#listeners.push(listener);
    return () => void (this.#listeners = []);
  }

  become(changes: Partial<ChatState>): void {
    this.state = { ...this.state, ...changes };
    for (const listener of this.#listeners) listener(this.state);
  }

  /** Words come, for the visitor to read. */
  receive(...items: Partial<Item>[]): void {
    const whole = items.map((item) => ({ ...(WORDS as Item), ...item }));
    this.become({ items: [...this.state.items, ...whole] });
  }

  resume = (): void => void this.acts.push("resume");
  open = (): void => void this.acts.push("open");
  send = (): void => void this.acts.push("send");
  retry = (): void => undefined;
  discard = (): void => undefined;
  typing = (): void => undefined;
  askForPerson = (): void => undefined;
  async leaveEmail(email: string): Promise<void> {
    this.acts.push(`email ${email}`);
  }
  rate = async (): Promise<void> => undefined;
  end = async (): Promise<void> => undefined;
  startAnew = (): void => undefined;
  openFile = async (): Promise<void> => undefined;
  transcript = (): string => "";
  seen = (): void => undefined;
  greet = (greeting: Greeting): void => void this.greeted.push(greeting);
  adopt = (opened: Opened): void => void this.adopted.push(opened);
  shutdown = (): void => void this.acts.push("shutdown");
}

const WORDS: Partial<Item> = {
  key: "m-1",
  author: "agent",
  name: "Tourvane",
  text: "Hello",
  isDraft: false,
};

export class FakeView implements View {
  isOpen = false;
  isDestroyed = false;
  prefills: (string | undefined)[] = [];
  greetings: string[] = [];
  settings: Settings;
  events: ViewEvents;

  constructor(settings: Settings, events: ViewEvents) {
    this.settings = settings;
    this.events = events;
  }

  open = (prefill?: string): void => {
    this.prefills.push(prefill);
    this.isOpen = true;
    this.events.onShow();
  };
  close = (): void => {
    this.isOpen = false;
    this.events.onHide();
  };
  update = (settings: Settings): void => void (this.settings = settings);
  showGreeting = ({ id }: Greeting): boolean => !!this.greetings.push(id);
  destroy = (): void => void (this.isDestroyed = true);
}

interface Setup {
  attributes?: Record<string, string>;
  settings?: object;
  kept?: Partial<Kept>;
  page?: FakePage;
}

export class FakeSite {
  page: FakePage;
  clock = new FakeClock();
  store: FakeStore;
  chats: FakeChat[] = [];
  views: FakeView[] = [];
  reports: object[] = [];
  answer: Told = { status: 200 };
  said: string[];

  constructor({
    attributes = {},
    settings,
    kept,
    page = new FakePage(),
  }: Setup = {}) {
    this.page = page;
    this.store = new FakeStore(kept);
    page.hotlineSettings = settings;
    page.document.currentScript = {
      src: "https://chat.example/widget.js",
      dataset: { hotline: "", ...attributes },
    };
    Object.assign(globalThis, { document: page.document });
    this.said = this.load();
  }

  /** The script runs; gives what the console was told. */
  load(): string[] {
    let made = 0;
    return complaints(() =>
      start(this.page.window, {
        clock: this.clock,
        newId: () => `id-${++made}`,
        createStore: () => this.store,
        createChat: () =>
          this.chats[this.chats.push(new FakeChat()) - 1] as FakeChat,
        createView: (_host, _chat, given, _say, events) =>
          this.views[
            this.views.push(new FakeView(given, events)) - 1
          ] as FakeView,
        tell: async (_host, report) => {
          this.reports.push(report);
          return this.answer;
        },
      }),
    );
  }

  get chat(): FakeChat {
    return this.chats[this.chats.length - 1] as FakeChat;
  }

  get view(): FakeView {
    return this.views[this.views.length - 1] as FakeView;
  }

  get hotline(): Hotline {
    return this.page.Hotline as Hotline;
  }

  /** Details of what a window event of ours said, from now on. */
  hear(name: string): unknown[] {
    const heard: unknown[] = [];
    this.page.addEventListener(`hotline:${name}`, (event) =>
      heard.push((event as CustomEvent).detail),
    );
    return heard;
  }
}

/** Let promises settle that are on their way. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}
