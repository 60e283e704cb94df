import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, FakePage } from "./fake_page.ts";
import { FakeSite, settled } from "./fake_site.ts";

const CONVERSATION = { id: "c-1", token: "t", renewedAt: 0, seen: 0 };

test("The script starts by itself and knows its server by its own address", () => {
  const { view, said } = new FakeSite();
  assert.deepEqual([view.settings.host, said], ["https://chat.example", []]);
});

test("The page's settings object wins over attributes", () => {
  const site = new FakeSite({
    attributes: { position: "left", zIndex: "5" },
    settings: { position: "right" },
  });
  assert.deepEqual(
    [site.view.settings.position, site.view.settings.zIndex],
    ["right", 5],
  );
});

test("Loading makes no request and touches no conversation", () => {
  const site = new FakeSite();
  assert.deepEqual([site.reports, site.chat.acts], [[], []]);
});

test("The script there twice runs once and says so", () => {
  const site = new FakeSite();
  const said = site.load();
  assert.equal(site.views.length, 1);
  assert.match(said.join(), /twice/);
});

test("Calls made before the script was there are carried out in order", async () => {
  const page = new FakePage();
  const heard: string[] = [];
  const calls = [
    ["onReady", () => heard.push("ready")],
    ["onShow", () => heard.push("shown")],
    ["show"],
  ];
  page.Hotline = Object.assign(() => undefined, { q: calls });
  const { view } = new FakeSite({ page });
  await settled();
  assert.deepEqual([heard, view.isOpen], [["ready", "shown"], true]);
});

test("One early call that fails does not hold up the others", () => {
  const page = new FakePage();
  page.Hotline = Object.assign(() => undefined, {
    q: [["nonsense"], ["show"]],
  });
  const site = new FakeSite({ page });
  assert.deepEqual([site.view.isOpen, site.said.length], [true, 1]);
});

test("A refusal given before the script was there comes before the first page view", () => {
  const page = new FakePage();
  page.Hotline = Object.assign(() => undefined, { q: [["consent", false]] });
  const site = new FakeSite({ page });
  site.clock.pass(60_000);
  assert.deepEqual(site.reports, []);
});

test("With data-manual it waits for boot", () => {
  const site = new FakeSite({ attributes: { manual: "" } });
  assert.equal(site.views.length, 0);
  site.hotline("boot", { position: "left" });
  assert.equal(site.view.settings.position, "left");
});

test("The start is an event of the window", () => {
  const site = new FakeSite({ attributes: { manual: "" } });
  const heard = site.hear("ready");
  site.hotline("boot");
  assert.deepEqual(heard, [{ visitorId: site.hotline("getVisitorId") }]);
});

test("A script in the head waits for the body, and holds the calls made meanwhile", () => {
  const page = new FakePage();
  const { body } = page.document;
  page.document.body = null;
  const site = new FakeSite({ page });
  site.hotline("show");
  assert.equal(site.views.length, 0);
  page.document.body = body;
  page.document.dispatchEvent(new Event("DOMContentLoaded"));
  assert.equal(site.view.isOpen, true);
});

test("An element that a framework throws out comes back", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const { page } = new FakeSite();
  const element = page.document.body?.children[0];
  element?.remove();
  context.mock.timers.tick(1);
  assert.equal(element?.isConnected, true);
});

test("A page that keeps throwing it out is not fought over", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const { page } = new FakeSite();
  const element = page.document.body?.children[0];
  element?.remove();
  context.mock.timers.tick(1);
  element?.remove();
  context.mock.timers.tick(900);
  assert.equal(element?.isConnected, false);
  context.mock.timers.tick(200);
  assert.equal(element?.isConnected, true);
});

test("A lifeless copy of the element, out of a page cache, is taken away", () => {
  const { page } = new FakeSite();
  const Copy = page.defined.get("hotline-widget") as new () => {
    isConnected: boolean;
  };
  const copy = new Copy();
  page.document.body?.append(copy as never);
  assert.equal(copy.isConnected, false);
});

test("Another copy of the element's name is stepped around", () => {
  const page = new FakePage();
  page.defined.set("hotline-widget", class {});
  const site = new FakeSite({ page });
  assert.deepEqual([site.views.length, site.said], [1, []]);
});

test("What goes wrong in the widget stays in the console", () => {
  const site = new FakeSite();
  site.view.open = () => {
    throw new Error("broken view");
  };
  const said = complaints(() => site.hotline("show"));
  assert.match(said.join(), /^Hotline: .*broken view/);
});

test("Who has a conversation from before is listened to again", () => {
  assert.deepEqual(
    new FakeSite({ kept: { conversation: CONVERSATION } }).chat.acts,
    ["resume"],
  );
});

test("Words that still wait are taken up again", () => {
  const outbox = [{ id: "w-1", text: "Hi", at: 0, files: [] }];
  assert.deepEqual(new FakeSite({ kept: { outbox } }).chat.acts, ["resume"]);
});

test("A panel left open is open on the next page, where there is room", () => {
  const kept = { conversation: CONVERSATION, isOpen: true };
  const phone = new FakePage();
  phone.innerWidth = 390;
  assert.equal(new FakeSite({ kept }).view.isOpen, true);
  assert.equal(new FakeSite({ kept, page: phone }).view.isOpen, false);
});

class Button extends EventTarget {
  closest = (selector: string): object | null =>
    selector === "#help" ? {} : null;
}

function click(site: FakeSite, target: unknown, keys: object = {}): Event {
  const event = Object.assign(new Event("click", { cancelable: true }), keys);
  Object.defineProperty(event, "target", { value: target });
  site.page.document.dispatchEvent(event);
  return event;
}

test("A click on the site's own launcher opens the panel, and nothing else happens", () => {
  const site = new FakeSite({ attributes: { launcherSelector: "#help" } });
  const event = click(site, new Button());
  assert.deepEqual([site.view.isOpen, event.defaultPrevented], [true, true]);
});

test("A click elsewhere, or into a new tab, is the page's", () => {
  const site = new FakeSite({ attributes: { launcherSelector: "#help" } });
  click(site, new EventTarget());
  const event = click(site, new Button(), { ctrlKey: true });
  assert.deepEqual([site.view.isOpen, event.defaultPrevented], [false, false]);
});

test("A launcher named later works, and none after a shutdown", () => {
  const site = new FakeSite();
  site.hotline("update", { custom_launcher_selector: "#help" });
  click(site, new Button());
  assert.equal(site.view.isOpen, true);
  site.hotline("shutdown");
  assert.equal(click(site, new Button()).defaultPrevented, false);
});
