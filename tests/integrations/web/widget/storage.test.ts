import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../../integrations/web/widget/src/storage.ts";
import type {
  Config,
  Waiting,
} from "../../../../integrations/web/widget/src/types.ts";
import { FakeDisk } from "./fakes/browser.ts";
import { HOST, load, shown, site, warned, write } from "./fakes/tab.ts";

const WORDS: Waiting = { id: "w-1", text: "Hello", at: 0, files: [] };
const CONFIG = {
  locale: "en",
  company: "Tourvane".repeat(100),
  texts: {},
} as Config;

test("Nothing reaches the disk before it is allowed", async () => {
  const here = site();
  const tab = await load(here, { isAllowed: false });
  tab.chat.open();
  tab.chat.draft = "half a";
  await write(tab, "Hello");
  assert.equal(here.disk.entries.size, 0);
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)"]);
  tab.store.allow();
  assert.match(here.disk.entries.get(`hotline:${HOST}`) ?? "", /half a/);
});

test("What was kept before is found without asking again", () => {
  const disk = new FakeDisk();
  const first = createStore(HOST, disk.shelf());
  first.allow();
  first.set("draft", "half a");
  assert.equal(createStore(HOST, disk.shelf()).get("draft"), "half a");
});

test("Servers do not share what is kept", () => {
  const disk = new FakeDisk();
  const first = createStore(HOST, disk.shelf());
  first.allow();
  first.set("draft", "half a");
  assert.equal(
    createStore("https://other.example", disk.shelf()).get("draft"),
    undefined,
  );
});

test("Storage that throws leaves a chat that works", async () => {
  const here = site();
  here.disk.isForbidden = true;
  const tab = await load(here);
  await write(tab, "Hello");
  await write(tab, "Again");
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "visitor: Again (sent)",
  ]);
});

test("A full disk keeps the outbox and drops what can be had again", () => {
  const disk = new FakeDisk();
  const store = createStore(HOST, disk.shelf());
  store.allow();
  store.set("config", CONFIG);
  disk.room = 400;
  store.set("outbox", [WORDS]);
  const next = createStore(HOST, disk.shelf());
  assert.deepEqual(
    [next.get("outbox"), next.get("config")],
    [[WORDS], undefined],
  );
});

test("An outbox that does not fit on the disk is spoken of and still sent", async () => {
  const here = site();
  here.disk.room = 10;
  const store = createStore(HOST, here.disk.shelf());
  store.allow();
  const told = await warned(() => store.set("outbox", [WORDS]));
  assert.equal(told.length, 1);
  assert.deepEqual(store.get("outbox"), [WORDS]);
});

for (const bad of [
  "{",
  "null",
  "7",
  "[]",
  '{"outbox": 7, "conversation": "x", "config": 1, "greeted": {}, "draft": 3}',
]) {
  test(`What is no good on the disk is thrown away: ${bad}`, async () => {
    const here = site();
    here.disk.entries.set(`hotline:${HOST}`, bad);
    const tab = await load(here);
    await write(tab, "Hello");
    assert.deepEqual(
      [shown(tab), tab.chat.draft],
      [["visitor: Hello (sent)"], ""],
    );
  });
}

test("Another tab's changes are found", () => {
  const disk = new FakeDisk();
  const [one, two] = [
    createStore(HOST, disk.shelf()),
    createStore(HOST, disk.shelf()),
  ];
  one.allow();
  two.allow();
  one.set("draft", "half a");
  assert.equal(two.get("draft"), "half a");
});

test("A conversation that another tab takes over is shown here, too", async () => {
  const here = site();
  const one = await load(here, { prepare: (world) => (world.canTalk = false) });
  const two = await load(here, { prepare: (world) => (world.canTalk = false) });
  await write(one, "Hello");
  await here.clock.pass(100);
  assert.deepEqual(shown(two), ["visitor: Hello (sent)"]);
});

test("Two tabs that set different things keep both", () => {
  const disk = new FakeDisk();
  const [one, two] = [
    createStore(HOST, disk.shelf()),
    createStore(HOST, disk.shelf()),
  ];
  one.allow();
  two.allow();
  one.set("draft", "half a");
  two.set("isOpen", true);
  assert.deepEqual([one.get("isOpen"), two.get("draft")], [true, "half a"]);
});
