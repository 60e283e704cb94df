// The widget while it is on the page: joins what is kept, the chat, the view and what the visitor looks at.

import type { Clock } from "./clock.ts";
import { createEngagement, refusesTracking, visitorId } from "./engagement.ts";
import type { Engagement, Properties, Told } from "./engagement.ts";
import { watchLaunchers } from "./element.ts";
import type { Place } from "./element.ts";
import { contained } from "./errors.ts";
import { createGreeter } from "./greeting.ts";
import { createSay } from "./locale.ts";
import { watchChat } from "./news.ts";
import type { Emit } from "./news.ts";
import type { Chat, Greeting, Say, Settings, Store, View, ViewEvents } from "./types.ts";

const ROOMY = 640; // px: narrower, the panel would cover the page one went to

/** The parts that are built elsewhere. */
export interface Parts {
  createStore(host: string): Store;
  createChat(deps: { settings: () => Settings; store: Store; say: Say }): Chat;
  createView(host: HTMLElement, chat: Chat, settings: Settings, say: Say, events: ViewEvents): View;
  clock: Clock;
  newId(): string;
  tell(host: string, report: Properties, isLeaving: boolean): Promise<Told>;
}

export interface Widget {
  readonly chat: Chat;
  readonly view: View;
  readonly settings: Settings;
  change(settings: Settings): void;
  allow(): void;
  track: Engagement["track"];
  visitorId(): string;
  conversationId(): string | null;
  /** Sign out: the visitor is forgotten and the page as it was. */
  stop(): void;
}

/** Put the widget on the page. */
export function createWidget(page: Window, place: Place, parts: Parts, first: Settings, emit: Emit): Widget {
  let settings = first;
  const store = considerate(parts.createStore(settings.host), () => settings);
  const mayTell = (): boolean => !refusesTracking(page.navigator) && hasConsent(settings, store, true);
  if (hasConsent(settings, store, false) && !refusesTracking(page.navigator)) store.allow();

  const say = createSay(
    () => settings,
    () => (chat.state.config ?? store.get("config"))?.texts,
  );
  const chat = parts.createChat({ settings: () => settings, store, say });
  const view = parts.createView(place.put(), chat, settings, say, viewEvents());
  const engagement = createEngagement({
    page,
    store,
    mayTell,
    clock: parts.clock,
    newId: parts.newId,
    locale: () => settings.locale,
    tell: (report, isLeaving) => parts.tell(settings.host, report, isLeaving),
    onGreeting: (greeting) => greeter.offer(greeting),
    onPage: () => greeter.forget(),
  });
  const greeter = createGreeter({
    clock: parts.clock,
    store,
    seconds: engagement.seconds,
    show: (it) => view.showGreeting(it),
  });
  const endings = [
    watchChat(chat, store, emit),
    watchLaunchers(page, () => settings.launcherSelector, contained(view.open)),
    engagement.stop,
    greeter.forget,
  ];
  resume(page, store, chat, view);

  function viewEvents(): ViewEvents {
    return {
      onShow: contained(() => {
        store.set("isOpen", true);
        emit("show", {});
      }),
      onHide: contained(() => {
        store.set("isOpen", false);
        emit("hide", {});
      }),
      onInteraction: contained(() => store.allow()),
      onGreetingDismissed: contained(() => {
        store.allow();
        greeter.dismiss();
      }),
      onGreetingTaken: contained((greeting: Greeting) => {
        store.allow();
        chat.greet(greeting);
        view.open();
      }),
    };
  }

  return {
    chat,
    view,
    get settings() {
      return settings;
    },
    change(changed) {
      settings = changed;
      view.update(settings);
    },
    allow() {
      store.set("consent", true);
      store.allow();
      engagement.tellPage();
    },
    track: engagement.track,
    visitorId: () => visitorId(store, parts.newId),
    conversationId: () => store.get("conversation")?.id ?? null,
    stop() {
      for (const end of endings) contained(end)();
      contained(() => chat.shutdown())();
      contained(() => view.destroy())();
      store.clear();
      place.remove();
    },
  };
}

/** Whoever wrote before is listened to again, and finds the panel as it was where it leaves room for the page. */
function resume(page: Window, store: Store, chat: Chat, view: View): void {
  if (!store.get("conversation") && !store.get("outbox")?.length) return;
  chat.resume();
  if (store.get("isOpen") && page.innerWidth >= ROOMY) view.open();
}

/** The store, which keeps nothing while the site's consent is still required. */
function considerate(store: Store, settings: () => Settings): Store {
  return {
    get isAllowed() {
      return store.isAllowed;
    },
    get: (key) => store.get(key),
    set: (key, value) => store.set(key, value),
    allow() {
      if (settings().consent !== "required" || store.get("consent")) store.allow();
    },
    onChange: (listener) => store.onChange(listener),
    clear: () => store.clear(),
  };
}

/** Whether the site says so, or, where it demands nothing, `unsaid`. */
function hasConsent({ consent }: Settings, store: Store, unsaid: boolean): boolean {
  if (consent === "granted" || store.get("consent")) return true;
  return consent === "" && unsaid;
}
