// The widget while it is on the page: joins what is kept, the chat, the view and what the visitor looks at.

import type { Clock } from "./clock.ts";
import { watchLaunchers } from "./element.ts";
import type { Place } from "./element.ts";
import { createEngagement, visitorId } from "./engagement.ts";
import type { Engagement, Properties, Told } from "./engagement.ts";
import { contained } from "./errors.ts";
import { createGreeter } from "./greeting.ts";
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
  readonly chat: Chat;
  readonly view: View;
  track: Engagement["track"];
  /** The settings are others now. */
  change(): void;
  /** Consent came. */
  allow(): void;
  visitorId(): string;
  /** The id and the token, as POST /v1/conversations gave them. */
  conversation(): Pick<Opened, "conversation_id" | "visitor_token"> | null;
  /** Sign out: the visitor is forgotten and the page as it was. */
  stop(): void;
}

/** Put the widget on the page. */
export function createWidget(page: Window, place: Place, parts: Parts, settings: () => Settings, emit: Emit): Widget {
  const { clock, newId } = parts;
  const store = parts.createStore(settings().host);
  const hasConsent = () => settings().consent === "granted" || store.get("consent");
  if (hasConsent() && !refusesTracking(page.navigator)) store.allow();
  const say = createSay(settings, () => store.get("config")?.texts);
  const chat = parts.createChat({ settings, store, say });
  const greeter = createGreeter(
    clock,
    store,
    () => engagement.seconds(),
    (greeting) => view.showGreeting(greeting),
  );
  const host = place.put();
  const view = parts.createView(host, chat, settings(), say, {
    onShow: () => isOpen(true),
    onHide: () => isOpen(false),
    onInteraction: keep,
    onGreetingDismissed() {
      keep();
      greeter.dismiss();
    },
    onGreetingTaken(greeting) {
      keep();
      chat.greet(greeting);
      view.open();
    },
  });
  const engagement = createEngagement({
    ...{ page, store, clock, newId },
    locale: () => settings().locale,
    mayTell: () => !refusesTracking(page.navigator) && (!settings().consent || hasConsent()),
    tell: (report) => parts.tell(settings().host, report),
    onGreeting: greeter.offer,
    onPage: greeter.forget,
  });
  const endings = [
    watchChat(chat, store, emit),
    watchLaunchers(
      page,
      () => settings().launcherSelector,
      () => view.open(),
    ),
    engagement.stop,
    greeter.forget,
    () => chat.shutdown(),
    () => view.destroy(),
    () => store.clear(),
    place.remove,
  ];

  /** The visitor has done something. */
  function keep(): void {
    if (settings().consent !== "required" || hasConsent()) store.allow();
  }

  function isOpen(is: boolean): void {
    store.set("isOpen", is);
    emit(is ? "show" : "hide", {});
  }

  if (store.get("conversation") || store.get("outbox")?.length) {
    chat.resume();
    // The panel is found as it was where it leaves room for the page.
    if (store.get("isOpen") && page.innerWidth >= ROOMY) view.open();
  }
  (host.shadowRoot?.activeElement as HTMLElement | null)?.blur(); // on arrival the focus is the page's
  return {
    ...{ chat, view, track: engagement.track },
    change() {
      view.update(settings());
      chat.resume(); // it may be for somebody else now
    },
    allow() {
      store.set("consent", true);
      store.allow();
      engagement.look();
    },
    visitorId: () => visitorId(store, newId),
    conversation() {
      const kept = store.get("conversation");
      return kept ? { conversation_id: kept.id, visitor_token: kept.token } : null;
    },
    stop() {
      for (const end of endings) contained(end)();
    },
  };
}

/** The browser says: do not track. It wins over every setting. */
export function refusesTracking(navigator: Navigator & { globalPrivacyControl?: boolean }): boolean {
  return navigator.doNotTrack === "1" || !!navigator.globalPrivacyControl;
}
