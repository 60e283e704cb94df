// The widget while it is on the page: joins what is kept, the chat, the view and what the visitor looks at.

import type { Clock } from "./clock.ts";
import { hesitate, mayKeep, mayTell } from "./consent.ts";
import { watchLaunchers } from "./element.ts";
import type { Place } from "./element.ts";
import { createEngagement, visitorId } from "./engagement.ts";
import type { Engagement, Properties, Told } from "./engagement.ts";
import { contained } from "./errors.ts";
import { createGreeter } from "./greeting.ts";
import type { Greeter } from "./greeting.ts";
import { createSay } from "./locale.ts";
import { watchChat } from "./news.ts";
import type { Emit } from "./news.ts";
import type { Chat, Opened, Say, Settings, Store, View, ViewEvents } from "./types.ts";

const ROOMY = 640; // px: narrower, the panel would cover the page one went to

/** The parts that are built elsewhere. */
export interface Parts {
  createStore(host: string): Store;
  createChat(deps: { settings: () => Settings; store: Store; say: Say }): Chat;
  createView(host: HTMLElement, chat: Chat, settings: Settings, say: Say, events: ViewEvents): View;
  clock: Clock;
  newId(): string;
  /** Bring a report to the events of the server. */
  tell(host: string, report: Properties): Promise<Told>;
}

export interface Widget {
  readonly settings: Settings;
  readonly chat: Chat;
  readonly view: View;
  track: Engagement["track"];
  change(settings: Settings): void;
  /** Consent came. */
  allow(): void;
  visitorId(): string;
  /** The id and the token, as POST /v1/conversations gave them. */
  conversation(): Pick<Opened, "conversation_id" | "visitor_token"> | null;
  /** Sign out: the visitor is forgotten and the page as it was. */
  stop(): void;
}

/** Put the widget on the page. */
export function createWidget(page: Window, place: Place, parts: Parts, first: Settings, emit: Emit): Widget {
  const { clock, newId } = parts;
  let settings = first;
  const store = parts.createStore(first.host);
  hesitate(store, () => settings);
  if (mayKeep(page, store, settings)) store.allow();
  const say = createSay(
    () => settings,
    () => store.get("config")?.texts,
  );
  const chat = parts.createChat({ settings: () => settings, store, say });
  const greeter = createGreeter({
    ...{ clock, store },
    seconds: () => engagement.seconds(),
    show: (greeting) => view.showGreeting(greeting),
  });
  const events = viewEvents(store, chat, greeter, emit, () => view.open());
  const host = place.put();
  const view = parts.createView(host, chat, settings, say, events);
  const engagement = createEngagement({
    ...{ page, store, clock, newId },
    locale: () => settings.locale,
    mayTell: () => mayTell(page, store, settings),
    tell: (report) => parts.tell(settings.host, report),
    onGreeting: (greeting) => greeter.offer(greeting),
    onPage: () => greeter.forget(),
  });
  const endings = [
    watchChat(chat, store, emit),
    watchLaunchers(
      page,
      () => settings.launcherSelector,
      () => view.open(),
    ),
    ...[
      engagement.stop,
      greeter.forget,
      () => chat.shutdown(),
      () => view.destroy(),
      () => store.clear(),
      place.remove,
    ],
  ];
  resume(page, store, chat, view);
  (host.shadowRoot?.activeElement as HTMLElement | null)?.blur(); // on arrival the focus is the page's
  return {
    get settings() {
      return settings;
    },
    ...{ chat, view, track: engagement.track },
    change(changed) {
      view.update((settings = changed));
      chat.resume(); // it may be for somebody else now
    },
    allow() {
      store.set("consent", true);
      store.allow();
      engagement.tellPage();
    },
    visitorId: () => visitorId(store, newId),
    conversation() {
      const { id, token } = store.get("conversation") ?? {};
      return id && token ? { conversation_id: id, visitor_token: token } : null;
    },
    stop() {
      for (const end of endings) contained(end)();
    },
  };
}

function viewEvents(store: Store, chat: Chat, greeter: Greeter, emit: Emit, open: () => void): ViewEvents {
  return {
    onShow() {
      store.set("isOpen", true);
      emit("show", {});
    },
    onHide() {
      store.set("isOpen", false);
      emit("hide", {});
    },
    onInteraction: () => store.allow(),
    onGreetingDismissed() {
      store.allow();
      greeter.dismiss();
    },
    onGreetingTaken(greeting) {
      store.allow();
      chat.greet(greeting);
      open();
    },
  };
}

/** Whoever wrote before is listened to again, and finds the panel as it was where it leaves room for the page. */
function resume(page: Window, store: Store, chat: Chat, view: View): void {
  if (!store.get("conversation") && !store.get("outbox")?.length) return;
  chat.resume();
  if (store.get("isOpen") && page.innerWidth >= ROOMY) view.open();
}
