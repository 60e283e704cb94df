import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints } from "./fake_page.ts";
import { FakeSite, settled } from "./fake_site.ts";

test("Show, hide and toggle move the panel", () => {
  const { hotline, view } = new FakeSite();
  const seen = ["show", "hide", "toggle", "toggle", "showMessages"].map(
    (command) => {
      hotline(command);
      return view.isOpen;
    },
  );
  assert.deepEqual(seen, [true, false, true, false, true]);
});

test("A new message opens with words to begin with", () => {
  const { hotline, view } = new FakeSite();
  hotline("showNewMessage", "I need 40 seats");
  hotline("showNewMessage");
  assert.deepEqual(view.prefills, ["I need 40 seats", undefined]);
});

test("What is shown tells the page", () => {
  const site = new FakeSite();
  const heard = [site.hear("show"), site.hear("hide")];
  site.hotline("show");
  site.hotline("hide");
  assert.deepEqual(heard, [[{}], [{}]]);
});

test("Callbacks hear of showing and hiding", async () => {
  const { hotline } = new FakeSite();
  const heard: string[] = [];
  hotline("onShow", () => heard.push("shown"));
  hotline("onHide", () => heard.push("hidden"));
  hotline("show");
  hotline("hide");
  await settled();
  assert.deepEqual(heard, ["shown", "hidden"]);
});

test("Who asks for the unread count hears it at once, and each time it changes", async () => {
  const { hotline, chat } = new FakeSite();
  chat.become({ unread: 2 });
  const heard: unknown[] = [];
  hotline("onUnreadCountChange", (count: number) => heard.push(count));
  chat.become({ unread: 2, typing: "agent" });
  chat.become({ unread: 3 });
  await settled();
  assert.deepEqual(heard, [2, 3]);
});

test("The unread count is an event of the window, too", () => {
  const site = new FakeSite();
  const heard = site.hear("unread");
  site.chat.become({ unread: 1 });
  assert.deepEqual(heard, [{ count: 1 }]);
});

for (const command of ["onReady", "ready"]) {
  test(`Who asks by ${command} after the start is called at once`, async () => {
    const { hotline } = new FakeSite();
    let calls = 0;
    hotline(command, () => calls++);
    await settled();
    assert.equal(calls, 1);
  });
}

test("New messages are told once each, drafts and own words not", async () => {
  const { hotline, chat } = new FakeSite();
  const heard: unknown[] = [];
  hotline("onMessage", (message: { text: string }) => heard.push(message.text));
  chat.receive(
    { key: "own", author: "visitor", text: "Hi" },
    { key: "m-2", isDraft: true, text: "Goo" },
  );
  chat.become({ items: [...chat.state.items.slice(0, 1)] });
  chat.receive({ key: "m-2", text: "Good morning" });
  chat.receive({ key: "m-3", author: "rep", text: "Mia here" });
  await settled();
  assert.deepEqual(heard, ["Good morning", "Mia here"]);
});

test("Of a conversation resumed only what is unread is new", async () => {
  const conversation = { id: "c-1", token: "t", renewedAt: 0, seen: 2 };
  const { hotline, chat } = new FakeSite({ kept: { conversation } });
  const heard: unknown[] = [];
  hotline("onMessage", ({ id }: { id: string }) => heard.push(id));
  chat.become({ unread: 1 });
  chat.receive({ key: "m-1" }, { key: "m-2" }, { key: "m-3" });
  chat.receive({ key: "m-4" });
  await settled();
  assert.deepEqual(heard, ["m-3", "m-4"]);
});

test("A conversation that begins is told", () => {
  const site = new FakeSite();
  const heard = site.hear("conversation");
  site.store.set("conversation", {
    id: "c-1",
    token: "t",
    renewedAt: 0,
    seen: 0,
  });
  site.chat.become({});
  assert.deepEqual(
    [heard, site.hotline("getConversation")],
    [[{ id: "c-1" }], { conversation_id: "c-1", visitor_token: "t" }],
  );
});

test("An address that was left is told, a refusal to leave one is not", async () => {
  const { hotline, chat, store } = new FakeSite();
  const heard: unknown[] = [];
  hotline("onUserEmailSupplied", (email: string) => heard.push(email));
  for (const email of ["", "ada@nordwind.example", "ada@nordwind.example"]) {
    store.set("leftEmail", email);
    chat.become({});
  }
  await settled();
  assert.deepEqual(heard, ["ada@nordwind.example"]);
});

test("The visitor has one id", () => {
  const { hotline, store } = new FakeSite();
  const id = hotline("getVisitorId");
  assert.deepEqual(
    [id, id],
    [store.get("anonymousId"), hotline("getVisitorId")],
  );
});

test("Settings can be changed while it runs", () => {
  const { hotline, view } = new FakeSite({ attributes: { accent: "#ff0000" } });
  hotline("update", { position: "left", user_id: "u-1" });
  assert.deepEqual(
    [view.settings.position, view.settings.accent],
    ["left", "#ff0000"],
  );
  assert.equal(view.settings.visitor.user_id, "u-1");
});

test("Booting again is an update", () => {
  const { hotline, views, view } = new FakeSite();
  hotline("boot", { alignment: "left" });
  assert.deepEqual([views.length, view.settings.position], [1, "left"]);
});

test("A visitor can be named later", () => {
  const { hotline, view } = new FakeSite();
  hotline("identify", { user_id: "u-1", user_hash: "f00", plan: "growth" });
  assert.deepEqual(view.settings.visitor, {
    user_id: "u-1",
    user_hash: "f00",
    traits: { plan: "growth" },
  });
});

test("A shutdown forgets the visitor and leaves the page", () => {
  const { hotline, chat, view, store, page } = new FakeSite({
    kept: { anonymousId: "a-1" },
  });
  hotline("shutdown");
  assert.deepEqual(
    [chat.acts, view.isDestroyed, store.kept],
    [["shutdown"], true, {}],
  );
  assert.equal(page.document.body?.children[0]?.isConnected, false);
});

test("Whoever comes after a shutdown is a stranger, with the site's settings", () => {
  const site = new FakeSite({
    settings: { user_id: "u-1", plan: "growth", accent: "#ff0000" },
  });
  site.hotline("shutdown");
  site.hotline("boot");
  assert.deepEqual(
    [site.view.settings.visitor, site.view.settings.accent],
    [{ traits: {} }, "#ff0000"],
  );
});

test("Between shutdown and boot nothing happens, and the console says why", () => {
  const site = new FakeSite();
  site.hotline("shutdown");
  const said = complaints(() => site.hotline("show"));
  assert.match(said.join(), /call boot first/);
});

test("A shutdown twice is no mistake", () => {
  const { hotline } = new FakeSite();
  hotline("shutdown");
  assert.deepEqual(
    complaints(() => hotline("shutdown")),
    [],
  );
});

test("An unknown command names those there are", () => {
  const { hotline } = new FakeSite();
  const said = complaints(() => hotline("startTour", 5));
  assert.match(said.join(), /"startTour".*boot.*showNewMessage.*onMessage/);
});

test("What every object has is no command", () => {
  const { hotline } = new FakeSite();
  assert.match(
    complaints(() => hotline("constructor")).join(),
    /no command "constructor"/,
  );
});

test("A callback that is no function is named", () => {
  const { hotline } = new FakeSite();
  assert.match(
    complaints(() => hotline("onShow", "openChat")).join(),
    /function/,
  );
});

test("A conversation from elsewhere is taken over, a wrong one is not", () => {
  const { hotline, chat } = new FakeSite();
  const opened = {
    conversation_id: "c-1",
    visitor_token: "t",
    disclosure: "",
    greeting: null,
    hours: {},
  };
  hotline("resume", opened);
  const said = complaints(() => hotline("resume", { id: "c-1" }));
  assert.deepEqual([chat.adopted, said.length], [[opened], 1]);
});

test("The site's own events are sent", () => {
  const { hotline, reports } = new FakeSite();
  hotline("trackEvent", "Demo Requested", { seats: 40 });
  assert.match(
    JSON.stringify(reports),
    /"event":"Demo Requested".*|"seats":40/,
  );
});

test("An event without a name is named", () => {
  const { hotline, reports } = new FakeSite();
  assert.match(complaints(() => hotline("trackEvent")).join(), /needs a name/);
  assert.deepEqual(reports, []);
});

test("With consent required nothing is told or kept, whatever the visitor does", () => {
  const site = new FakeSite({ attributes: { consent: "required" } });
  site.clock.pass(60_000);
  site.hotline("trackEvent", "Demo Requested");
  site.view.events.onInteraction();
  site.page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual([site.reports, site.store.isAllowed], [[], false]);
});

test("Consent lets it tell and keep, from this page on", () => {
  const site = new FakeSite({ attributes: { consent: "required" } });
  site.clock.pass(500);
  site.hotline("consent", true);
  site.clock.pass(500);
  assert.deepEqual(
    [site.reports.length, site.store.isAllowed, site.store.get("consent")],
    [1, true, true],
  );
});

test("Consent from an earlier page still holds", () => {
  const site = new FakeSite({
    attributes: { consent: "required" },
    kept: { consent: true },
  });
  site.clock.pass(500);
  assert.deepEqual([site.reports.length, site.store.isAllowed], [1, true]);
});

test("Consent taken back stops telling and forgets", () => {
  const site = new FakeSite({
    kept: { anonymousId: "a-1", greeted: ["pricing"] },
  });
  site.hotline("consent", false);
  site.clock.pass(60_000);
  site.view.events.onInteraction();
  assert.deepEqual(
    [site.reports, site.store.kept.greeted, site.store.isAllowed],
    [[], undefined, false],
  );
  assert.notEqual(site.store.kept.anonymousId, "a-1");
});

test("Consent taken back is not forgotten by a shutdown", () => {
  const site = new FakeSite();
  site.hotline("consent", false);
  site.hotline("shutdown");
  site.hotline("boot");
  site.clock.pass(60_000);
  assert.deepEqual(site.reports, []);
});

test("Consent taken back before the first page view leaves nothing told", () => {
  const site = new FakeSite();
  site.hotline("consent", false);
  site.clock.pass(60_000);
  assert.deepEqual(site.reports, []);
});

test("Consent that the site has lets things be kept at once", () => {
  assert.equal(
    new FakeSite({ attributes: { consent: "granted" } }).store.isAllowed,
    true,
  );
});

test("Without a word on consent pages are told, and things kept once the visitor does something", () => {
  const site = new FakeSite();
  site.clock.pass(500);
  assert.deepEqual([site.reports.length, site.store.isAllowed], [1, false]);
  site.view.events.onInteraction();
  assert.equal(site.store.isAllowed, true);
});

for (const refusal of [{ doNotTrack: "1" }, { globalPrivacyControl: true }]) {
  test(`${Object.keys(refusal)[0]} wins over consent: nothing is told, the chat works`, () => {
    const site = new FakeSite({ attributes: { consent: "granted" } });
    Object.assign(site.page.navigator, refusal);
    site.clock.pass(60_000);
    site.hotline("trackEvent", "Demo Requested");
    site.hotline("consent", true);
    site.hotline("show");
    assert.deepEqual([site.reports, site.view.isOpen], [[], true]);
  });
}

test("A greeting that is taken opens the conversation with it", async () => {
  const site = new FakeSite();
  const greeting = {
    id: "pricing",
    text: "Questions?",
    after_seconds: 5,
    suggestions: [],
  };
  site.answer = { status: 200, greeting };
  site.clock.pass(500);
  await settled();
  site.clock.pass(6_000);
  assert.deepEqual(site.view.greetings, ["pricing"]);
  site.view.events.onGreetingTaken(greeting);
  assert.deepEqual([site.chat.greeted, site.view.isOpen], [[greeting], true]);
});

test("A greeting that is dismissed is kept as dismissed", () => {
  const { view, store } = new FakeSite();
  view.events.onGreetingDismissed({
    id: "pricing",
    text: "",
    after_seconds: 5,
    suggestions: [],
  });
  assert.deepEqual([store.get("greeted"), store.isAllowed], [["*"], true]);
});
