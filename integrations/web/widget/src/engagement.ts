// What the visitor looks at, told as events shaped like Segment's, and only while telling is allowed.

import type { Clock } from "./clock.ts";
import { contained, listen, warn } from "./errors.ts";
import { addressOf, watchNavigation } from "./navigation.ts";
import type { Greeting, Store } from "./types.ts";

const SETTLES = 500; // ms until a page has its title and is no redirect
const WORTH_TELLING = 10; // seconds
const RETURNS = 4 * 3600_000; // ms since the first visit
const MOST_WAITING = 20; // events that wait for the network
const CAMPAIGN = ["source", "medium", "campaign", "term", "content"];

export type Properties = Record<string, unknown>;

/** The server's answer; status 0: there was none. */
export interface Told {
  status: number;
  greeting?: Greeting | null;
  /** What the server says to the developer. */
  detail?: string;
}

export interface EngagementParts {
  page: Window;
  store: Store;
  clock: Clock;
  newId(): string;
  locale(): string;
  /** Consent is there and nothing speaks against it. */
  mayTell(): boolean;
  /** Bring a report to the server, even if the page goes away meanwhile. */
  tell(report: Properties): Promise<Told>;
  onGreeting(greeting: Greeting): void;
  /** Another page begins: what was planned for the one before is over. */
  onPage(): void;
}

export interface Engagement {
  track(name: string, properties?: Properties): void;
  /** Consent came: tell the page one is on. */
  tellPage(): void;
  /** Seconds this page was visible. */
  seconds(): number;
  stop(): void;
}

/** Begin with the page one is on, and follow the visitor through the site. */
export function createEngagement(parts: EngagementParts): Engagement {
  const { page, store, newId, mayTell } = parts;
  const { now, after } = parts.clock;
  const send = createPost(parts);
  let about = described(page, page.document.referrer);
  let visibleSince = 0; // 0: hidden
  let visibleFor = 0;
  let isTold = false;
  let hasSettled = false;
  let callOff = (): void => {};

  function begin(referrer: string): void {
    about = described(page, referrer);
    visibleFor = 0;
    visibleSince = isVisible(page) ? now() : 0;
    isTold = hasSettled = false;
    callOff();
    callOff = after(SETTLES, contained(settle));
  }

  function settle(): void {
    hasSettled = true;
    tellPage();
  }

  /** A page nobody has looked at, or that was a redirect, is no page view. */
  function tellPage(): void {
    if (isTold || !hasSettled || !isVisible(page) || !mayTell()) return;
    isTold = true;
    about = { ...about, title: page.document.title };
    send(item({ type: "page", properties: about }));
  }

  function leave(): void {
    const read = Math.round(seconds());
    if (isTold && read >= WORTH_TELLING) track("Page Read", { seconds: read, url: about.url });
  }

  function track(event: string, properties: Properties = {}): void {
    if (mayTell()) send(item({ type: "track", event, properties }));
  }

  function item(special: Properties): Properties {
    const context = { page: about, campaign: campaign(page.location.search), locale: parts.locale() };
    const timestamp = isoTime(now());
    return { ...special, anonymousId: visitorId(store, newId), messageId: newId(), timestamp, context };
  }

  function seconds(): number {
    return (visibleFor + (visibleSince && now() - visibleSince)) / 1000;
  }

  function next(referrer: string): void {
    parts.onPage();
    begin(referrer);
  }

  begin(page.document.referrer);
  const endings = [
    ...watchNavigation(page, () => {
      leave();
      next(about.url);
    }),
    listen(page.document, "visibilitychange", () => {
      visibleFor = seconds() * 1000;
      visibleSince = isVisible(page) ? now() : 0;
      tellPage();
    }),
    listen(page, "pagehide", leave),
    listen(page, "pageshow", (show) => {
      if ((show as PageTransitionEvent).persisted) next(page.document.referrer); // out of the back/forward cache
    }),
    () => callOff(),
  ];

  return {
    tellPage,
    seconds,
    track,
    stop() {
      for (const end of endings) end();
    },
  };
}

/** Who this browser is; kept only once keeping is allowed. */
export function visitorId(store: Store, newId: () => string): string {
  const id = store.get("anonymousId") ?? newId();
  store.set("anonymousId", id);
  return id;
}

function isVisible(page: Window): boolean {
  return page.document.visibilityState !== "hidden";
}

function described({ document, location }: Window, referrer: string) {
  return { url: addressOf(location), path: location.pathname, title: document.title, referrer };
}

function campaign(query: string): Properties | undefined {
  const given = new URLSearchParams(query);
  let found: Properties | undefined;
  for (const key of CAMPAIGN) {
    const value = given.get("utm_" + key);
    if (value) found = { ...found, [key === "campaign" ? "name" : key]: value };
  }
  return found;
}

/** Give what sends events, together with those that waited because the network was away. */
function createPost({ page, store, clock, tell, onGreeting }: EngagementParts) {
  let waiting: Properties[] = [];
  let isRefused = false;

  return async (item: Properties): Promise<void> => {
    if (isRefused) return;
    const batch = [...waiting, item].slice(-MOST_WAITING);
    const { href } = page.location;
    waiting = [];
    const { status, greeting, detail } = await tell(report(batch, store, clock.now()));
    if (!status || status === 429 || status >= 500) waiting = [...batch, ...waiting];
    isRefused = status === 403 || status === 404; // not from this site; or an older server
    if (isRefused && detail) warn(detail);
    if (greeting && href === page.location.href) onGreeting(greeting);
  };
}

function report(batch: Properties[], store: Store, now: number): Properties {
  const first = store.get("visitedAt") ?? now;
  store.set("visitedAt", first);
  return { batch, sentAt: isoTime(now), isReturning: now - first > RETURNS };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
