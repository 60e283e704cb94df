import assert from "node:assert/strict";
import { test } from "node:test";
import { refusesTracking } from "../../../../integrations/web/widget/src/widget.ts";
import { createEngagement } from "../../../../integrations/web/widget/src/engagement.ts";
import type {
  Properties,
  Told,
} from "../../../../integrations/web/widget/src/engagement.ts";
import type { Greeting } from "../../../../integrations/web/widget/src/types.ts";
import { complaints, FakeClock, FakePage, FakeStore } from "./fake_page.ts";

const HOUR = 3600_000;

class Visit {
  clock = new FakeClock();
  store = new FakeStore();
  page: FakePage;
  mayTell = true;
  answer: Told | null = { status: 200 };
  reports: Properties[] = [];
  greetings: Greeting[] = [];
  pages = 0;
  engagement;

  constructor({
    url = "https://shop.example/",
    hidden = false,
    mayTell = true,
    page = new FakePage(url),
  } = {}) {
    this.page = page;
    this.mayTell = mayTell;
    if (hidden) this.page.document.hidden = true;
    let made = 0;
    this.engagement = createEngagement({
      page: this.page.window,
      store: this.store,
      clock: this.clock,
      newId: () => `id-${++made}`,
      locale: () => "de-DE",
      mayTell: () => this.mayTell,
      tell: async (report) => {
        this.reports.push(report);
        return this.answer ?? { status: 0 };
      },
      onGreeting: (greeting) => void this.greetings.push(greeting),
      onPage: () => void this.pages++,
    });
  }

  /** Everything told, in order. */
  get items(): Properties[] {
    return this.reports.flatMap((report) => report.batch as Properties[]);
  }

  /** What was told, in a word each. */
  get told(): string[] {
    return this.items.map((item) =>
      String(item.event ?? (item.properties as Properties).url),
    );
  }

  async answered(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

test("A page view says where, from where, in which language and by which campaign", () => {
  const visit = new Visit({
    url: "https://shop.example/pricing?utm_source=news&utm_campaign=spring#plans",
  });
  visit.page.document.title = "Pricing";
  visit.clock.pass(500);
  const page = {
    url: "https://shop.example/pricing?utm_source=news&utm_campaign=spring",
    path: "/pricing",
    title: "Pricing",
    referrer: "https://search.example/",
  };
  const [{ messageId, anonymousId, ...item } = {}] = visit.items;
  assert.deepEqual(item, {
    type: "page",
    properties: page,
    timestamp: "2026-03-02T10:00:00.500Z",
    context: {
      page,
      campaign: { source: "news", name: "spring" },
      locale: "de-DE",
    },
  });
  assert.equal(anonymousId, visit.store.get("anonymousId"));
  assert.ok(messageId);
  assert.equal(visit.reports[0]?.sentAt, "2026-03-02T10:00:00.500Z");
});

test("Without a campaign none is told", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  assert.equal((visit.items[0]?.context as Properties).campaign, undefined);
});

test("The title is the one the page has settled on", () => {
  const visit = new Visit();
  visit.clock.pass(400);
  visit.page.document.title = "Late title";
  visit.clock.pass(100);
  assert.equal((visit.items[0]?.properties as Properties).title, "Late title");
});

test("Each navigation inside the page is a page view, referred to by the one before", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.page.push("/pricing");
  visit.clock.pass(500);
  assert.deepEqual(visit.told, [
    "https://shop.example/",
    "https://shop.example/pricing",
  ]);
  assert.equal(
    (visit.items[1]?.properties as Properties).referrer,
    "https://shop.example/",
  );
});

test("A redirect inside the page is no page view", () => {
  const visit = new Visit();
  visit.page.push("/login");
  visit.clock.pass(100);
  visit.page.history.replaceState(null, "", "/account");
  visit.clock.pass(500);
  assert.deepEqual(visit.told, ["https://shop.example/account"]);
});

test("A filter that replaces the query is no page view, one that pushes it is", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.page.history.replaceState(null, "", "/?q=bo");
  visit.clock.pass(500);
  visit.page.push("/?q=bolts");
  visit.clock.pass(500);
  assert.deepEqual(visit.told, [
    "https://shop.example/",
    "https://shop.example/?q=bolts",
  ]);
});

test("The back button is a page view", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.page.go("/before");
  visit.page.dispatchEvent(new Event("popstate"));
  visit.clock.pass(500);
  assert.deepEqual(visit.told, [
    "https://shop.example/",
    "https://shop.example/before",
  ]);
});

test("Behind a # only a path is a page", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  for (const hash of ["#faq", "#/pricing"]) {
    visit.page.go(hash);
    visit.page.dispatchEvent(new Event("hashchange"));
    visit.clock.pass(500);
  }
  assert.deepEqual(visit.told, [
    "https://shop.example/",
    "https://shop.example/#/pricing",
  ]);
});

test("The same address pushed again is no page view", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.page.push("/");
  visit.clock.pass(500);
  assert.equal(visit.told.length, 1);
});

test("A page opened in the background is viewed when it is looked at", () => {
  const visit = new Visit({ hidden: true });
  visit.clock.pass(HOUR);
  assert.deepEqual(visit.told, []);
  visit.page.show("visible");
  visit.clock.pass(500);
  assert.deepEqual(visit.told, ["https://shop.example/"]);
});

test("A page out of the back/forward cache is viewed again", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.page.dispatchEvent(
    Object.assign(new Event("pageshow"), { persisted: true }),
  );
  visit.clock.pass(500);
  assert.equal(visit.told.length, 2);
});

test("Time on a page is told when it is left, and only the time it was visible", () => {
  const visit = new Visit();
  visit.clock.pass(8_000);
  visit.page.show("hidden");
  visit.clock.pass(HOUR);
  visit.page.show("visible");
  visit.clock.pass(12_000);
  visit.page.dispatchEvent(new Event("pagehide"));
  const { properties } = visit.items[1] ?? {};
  assert.deepEqual(properties, { seconds: 20, url: "https://shop.example/" });
});

test("Time on a page is told of the page one leaves, with its title", () => {
  const visit = new Visit();
  visit.clock.pass(15_000);
  visit.page.document.title = "Pricing";
  visit.page.push("/pricing");
  const page = (visit.items[1]?.context as Properties).page as Properties;
  assert.deepEqual(
    [visit.told[1], page.path, page.title],
    ["Page Read", "/", "Start"],
  );
});

test("A glance is not worth telling", () => {
  const visit = new Visit();
  visit.clock.pass(9_000);
  visit.page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(visit.told, ["https://shop.example/"]);
});

test("Before consent nothing is told; with it the page one is on", () => {
  const visit = new Visit({ mayTell: false });
  visit.clock.pass(60_000);
  visit.engagement.track("Demo Requested");
  visit.page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(visit.reports, []);
  visit.mayTell = true;
  visit.engagement.look();
  visit.clock.pass(500);
  assert.deepEqual(visit.told, ["https://shop.example/"]);
});

test("The page is told once, however often consent comes", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.engagement.look();
  visit.clock.pass(500);
  assert.equal(visit.told.length, 1);
});

test("The site's own events are told with their properties", () => {
  const visit = new Visit();
  visit.engagement.track("Demo Requested", { seats: 40 });
  const [item] = visit.items;
  assert.deepEqual(
    [item?.type, item?.event, item?.properties],
    ["track", "Demo Requested", { seats: 40 }],
  );
});

test("Every event has an id of its own", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.engagement.track("Demo Requested");
  visit.engagement.track("Demo Requested");
  assert.equal(new Set(visit.items.map((item) => item.messageId)).size, 3);
});

for (const answer of [null, { status: 500 }, { status: 429 }]) {
  test(`Events that met ${answer?.status ?? "no network"} come again with the next, in order`, async () => {
    const visit = new Visit();
    visit.answer = answer;
    visit.engagement.track("First");
    await visit.answered();
    visit.answer = { status: 200 };
    visit.engagement.track("Second");
    assert.deepEqual(visit.told, ["First", "First", "Second"]);
  });
}

test("What the server took, or cannot use, is not sent again", async () => {
  const visit = new Visit();
  for (const status of [200, 400]) {
    visit.answer = { status };
    visit.engagement.track(String(status));
    await visit.answered();
  }
  visit.engagement.track("Last");
  assert.deepEqual(visit.told, ["200", "400", "Last"]);
});

test("While the network is away only the latest events wait", async () => {
  const visit = new Visit();
  visit.answer = null;
  for (let at = 1; at <= 30; at++) {
    visit.engagement.track(String(at));
    await visit.answered();
  }
  const latest = visit.reports.pop()?.batch as Properties[];
  assert.deepEqual([latest.length, latest.pop()?.event], [20, "30"]);
});

test("An older server, which knows no events, is told none", async () => {
  const visit = new Visit();
  visit.answer = { status: 404 };
  visit.clock.pass(500);
  await visit.answered();
  visit.engagement.track("Demo Requested");
  assert.equal(visit.reports.length, 1);
});

test("A server that refuses the site says why to the developer, once", async () => {
  const visit = new Visit();
  visit.answer = {
    status: 403,
    detail: "Add https://shop.example to HOTLINE_ALLOWED_ORIGINS.",
  };
  const said: string[] = [];
  const { warn } = console;
  console.warn = (...words: string[]) => void said.push(words.join(" "));
  visit.clock.pass(500);
  await visit.answered();
  visit.engagement.track("Demo Requested");
  await visit.answered();
  console.warn = warn;
  assert.deepEqual(said, [
    "Hotline: Add https://shop.example to HOTLINE_ALLOWED_ORIGINS.",
  ]);
});

test("Who was here hours ago is returning; who is still browsing is not", () => {
  const visit = new Visit();
  visit.clock.pass(500);
  visit.clock.pass(HOUR);
  visit.engagement.track("Still here");
  visit.clock.pass(24 * HOUR);
  visit.engagement.track("Back again");
  assert.deepEqual(
    visit.reports.map(({ isReturning }) => isReturning),
    [false, false, true],
  );
});

test("A greeting is passed on", async () => {
  const visit = new Visit();
  const greeting = {
    id: "pricing",
    text: "Hi",
    after_seconds: 25,
    suggestions: [],
  };
  visit.answer = { status: 200, greeting };
  visit.clock.pass(500);
  await visit.answered();
  assert.deepEqual(visit.greetings, [greeting]);
});

test("A greeting for a page one has left is not", async () => {
  const visit = new Visit();
  visit.answer = {
    status: 200,
    greeting: { id: "pricing", text: "Hi", after_seconds: 25, suggestions: [] },
  };
  visit.clock.pass(500);
  visit.page.push("/elsewhere");
  await visit.answered();
  assert.deepEqual([visit.greetings, visit.pages], [[], 1]);
});

test("After the end nothing is told and the History API is as it was", () => {
  const page = new FakePage();
  const { pushState, replaceState } = page.history;
  const visit = new Visit({ page });
  visit.engagement.stop();
  assert.deepEqual(
    [page.history.pushState, page.history.replaceState],
    [pushState, replaceState],
  );
  page.push("/pricing");
  visit.clock.pass(60_000);
  page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(visit.reports, []);
});

test("Who wrapped the History API after us keeps their wrapper, and we hear nothing more", () => {
  const visit = new Visit();
  const { history } = visit.page;
  const ours = history.pushState;
  const theirs = (history.pushState = (...given) => ours(...given));
  visit.engagement.stop();
  visit.page.push("/pricing");
  assert.deepEqual(
    [history.pushState === theirs, visit.page.location.pathname, visit.pages],
    [true, "/pricing", 0],
  );
});

test("The site's own history calls keep their arguments, also when ours fails inside", () => {
  const visit = new Visit();
  visit.mayTell = true;
  Object.defineProperty(visit.page.document, "title", {
    get() {
      throw new Error("The site's title is broken");
    },
  });
  const said = complaints(() => visit.page.push("/pricing"));
  assert.equal(visit.page.location.pathname, "/pricing");
  assert.match(said.join(), /title is broken/);
});

test("Do-Not-Track and Global Privacy Control are heard", () => {
  const page = new FakePage();
  const refused = () => refusesTracking(page.window.navigator);
  assert.equal(refused(), false);
  page.navigator.doNotTrack = "1";
  assert.equal(refused(), true);
  page.navigator = {
    language: "en",
    doNotTrack: null,
    globalPrivacyControl: true,
  };
  assert.equal(refused(), true);
});
