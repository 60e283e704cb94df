// What the visitor looks at, told as events shaped like Segment's, and only while telling is allowed.

import type { Clock } from "./clock.ts";
import { contained, listen, warn } from "./errors.ts";
import { addressOf, watchNavigation } from "./navigation.ts";
import type { Greeting, Store } from "./types.ts";

const SETTLES = 500; // ms until a page has its title and is no redirect
const WORTH_TELLING = 10; // seconds
const RETURNS = 4 * 3600_000; // ms since the first visit
const MOST_WAITING = 20; // events that wait for the network

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
  mayTell(): unknown;
  /** Bring a report to the server, even if the page goes away meanwhile. */
  tell(report: Properties): Promise<Told>;
  onGreeting(greeting: Greeting): void;
  /** Another page begins: what was planned for the one before is over. */
  onPage(): void;
}

export interface Engagement {
  track(name: string, properties?: Properties): void;
  /** Something is different: look again whether the page one is on is to be told. */
  look(): void;
  /** Seconds this page was visible. */
  seconds(): number;
  stop(): void;
}

/** Begin with the page one is on, and follow the visitor through the site. */
export function createEngagement(parts: EngagementParts): Engagement {
  const { page, store, newId, mayTell } = parts;
  const { document } = page;
  const { now, after } = parts.clock;
  let waiting: Properties[] = [];
  let isRefused = false;
  let about: ReturnType<typeof described>;
  let visibleSince = 0; // 0: hidden
  let visibleFor = 0;
  let isTold = false;
  let callOff = (): void => {};

  function begin(referrer: string): void {
    about = described(page, referrer);
    visibleSince = visibleFor = 0;
    isTold = false;
    look();
  }

  /** Time counts while the page can be seen. */
  function look(): void {
    visibleFor = seconds() * 1000;
    visibleSince = document.hidden ? 0 : now();
    callOff();
    callOff = after(SETTLES, contained(tellPage));
  }

  /** A page nobody has looked at, or that was a redirect, is no page view. */
  function tellPage(): void {
    if (isTold || document.hidden || !mayTell()) return;
    isTold = true;
    about = { ...about, title: document.title };
    tell({ type: "page", properties: about });
  }

  function leave(): void {
    const read = Math.round(seconds());
    if (isTold && read >= WORTH_TELLING) track("Page Read", { seconds: read, url: about.url });
  }

  function track(event: string, properties: Properties = {}): void {
    tell({ type: "track", event, properties });
  }

  function tell(special: Properties): void {
    if (!mayTell() || isRefused) return;
    const context = { page: about, campaign: campaign(page.location.search), locale: parts.locale() };
    const messageId = newId();
    waiting.push({ ...special, anonymousId: visitorId(store, newId), messageId, timestamp: isoTime(now()), context });
    send();
  }

  /** Send what there is, together with what waited because the network was away. */
  async function send(): Promise<void> {
    const batch = waiting.slice(-MOST_WAITING);
    const { href } = page.location;
    const first = store.get("visitedAt") ?? now();
    store.set("visitedAt", first);
    waiting = [];
    const report = { batch, sentAt: isoTime(now()), isReturning: now() - first > RETURNS };
    const { status, greeting, detail } = await parts.tell(report);
    if (!status || status === 429 || status >= 500) waiting = [...batch, ...waiting];
    isRefused = status === 403 || status === 404; // not from this site; or an older server
    if (isRefused && detail) warn(detail);
    if (greeting && href === page.location.href) parts.onGreeting(greeting);
  }

  function seconds(): number {
    return (visibleFor + (visibleSince && now() - visibleSince)) / 1000;
  }

  function next(referrer: string): void {
    parts.onPage();
    begin(referrer);
  }

  begin(document.referrer);
  const endings = [
    watchNavigation(page, () => {
      leave();
      next(about.url);
    }),
    listen(document, "visibilitychange", look),
    listen(page, "pagehide", leave),
    listen(page, "pageshow", (show) => {
      if ((show as PageTransitionEvent).persisted) next(document.referrer); // out of the back/forward cache
    }),
    () => callOff(),
  ];

  return {
    look,
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

function described({ document, location }: Window, referrer: string) {
  return { url: addressOf(location), path: location.pathname, title: document.title, referrer };
}

function campaign(query: string): Properties | undefined {
  let found: Properties | undefined;
  for (const [key, value] of new URLSearchParams(query)) {
    if (/^utm_/.test(key)) found = { [key.slice(4).replace(/^campaign$/, "name")]: value, ...found };
  }
  return found;
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
