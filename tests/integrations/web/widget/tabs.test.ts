import assert from "node:assert/strict";
import { test } from "node:test";
import { close, load, shown, site, write } from "./fakes/tab.ts";
import type { FakeWorld } from "./fakes/browser.ts";

const alone = (world: FakeWorld): void => {
  world.locks = null;
  world.canTalk = false;
};
const hidden = (world: FakeWorld): void => {
  world.visible = false;
};

test("Two tabs hold one line, and both show what comes", async () => {
  const here = site();
  const one = await load(here);
  await write(one, "Hello");
  const two = await load(here);
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.equal(here.server.streams, 1);
  assert.deepEqual(
    [shown(one), shown(two)],
    [shown(one), ["visitor: Hello (sent)", "agent: Hi"]],
  );
  assert.equal(shown(one).length, 2);
});

test("Words of one tab are shown in the other, once, under the same key", async () => {
  const here = site();
  const one = await load(here);
  await write(one, "Hello");
  const two = await load(here);
  await write(one, "And this");
  await here.clock.pass(100);
  assert.deepEqual(shown(two), [
    "visitor: Hello (sent)",
    "visitor: And this (sent)",
  ]);
  assert.equal(one.chat.state.items[1]?.key, two.chat.state.items[1]?.key);
});

test("Two tabs that begin at the same moment begin one conversation", async () => {
  const here = site();
  const [one, two] = [await load(here), await load(here)];
  one.chat.send("From one", []);
  two.chat.send("From two", []);
  await here.clock.pass(5_000);
  assert.equal(here.server.talks.length, 1);
  assert.deepEqual(here.server.said.sort(), ["From one", "From two"]);
  assert.deepEqual(shown(one).sort(), [
    "visitor: From one (sent)",
    "visitor: From two (sent)",
  ]);
  assert.deepEqual(shown(two), shown(one));
});

test("The order within each tab is kept when both send", async () => {
  const here = site();
  const [one, two] = [await load(here), await load(here)];
  for (const n of [1, 2, 3]) {
    one.chat.send(`a${n}`, []);
    two.chat.send(`b${n}`, []);
  }
  await here.clock.pass(5_000);
  assert.deepEqual(
    here.server.said.filter((text) => text.startsWith("a")),
    ["a1", "a2", "a3"],
  );
  assert.deepEqual(
    here.server.said.filter((text) => text.startsWith("b")),
    ["b1", "b2", "b3"],
  );
});

test("The same words from two tabs are shown twice in both", async () => {
  const here = site();
  const [one, two] = [await load(here), await load(here)];
  one.chat.send("ok", []);
  two.chat.send("ok", []);
  await here.clock.pass(5_000);
  assert.equal(here.server.said.length, 2);
  assert.deepEqual(
    [shown(one), shown(two)],
    [Array(2).fill("visitor: ok (sent)"), Array(2).fill("visitor: ok (sent)")],
  );
});

test("Another tab leads when the leading one is closed", async () => {
  const here = site();
  const one = await load(here);
  await write(one, "Hello");
  const two = await load(here, { prepare: hidden });
  await close(one);
  here.server.cut();
  here.server.say("agent", "Hi");
  await here.clock.pass(1_000);
  assert.deepEqual(shown(two), ["visitor: Hello (sent)", "agent: Hi"]);
});

test("A tab that comes to the front takes the lead and misses nothing", async () => {
  const here = site();
  const one = await load(here, { prepare: hidden });
  await write(one, "Hello");
  const two = await load(here, { prepare: hidden });
  here.server.say("agent", "Hi");
  await two.world.look(true);
  assert.equal(here.server.streams, 1);
  assert.deepEqual(shown(two), ["visitor: Hello (sent)", "agent: Hi"]);
});

test("What one tab has seen is not unread in the other", async () => {
  const here = site();
  const one = await load(here);
  await write(one, "Hello");
  const two = await load(here);
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.equal(two.chat.state.unread, 1);
  one.chat.seen();
  await here.clock.pass(100);
  assert.equal(two.chat.state.unread, 0);
});

test("Without locks and lines a tab in front streams for itself, one behind does not", async () => {
  const here = site();
  const one = await load(here, { prepare: alone });
  await write(one, "Hello");
  const two = await load(here, { prepare: alone });
  assert.equal(here.server.streams, 2);
  await one.world.look(false);
  assert.equal(here.server.streams, 1);
  here.server.say("agent", "Hi");
  await one.world.look(true);
  await here.clock.pass(100);
  assert.deepEqual(
    [shown(one), shown(two)],
    [shown(two), ["visitor: Hello (sent)", "agent: Hi"]],
  );
});

test("A frame that may not lock streams for itself and delivers", async () => {
  const here = site();
  const locks = {
    request: async () =>
      Promise.reject(new DOMException("no", "SecurityError")),
  };
  const tab = await load(here, { prepare: (world) => (world.locks = locks) });
  await write(tab, "Hello");
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)", "agent: Hi"]);
});

test("A tab that sleeps with the outbox in its hands is passed", async () => {
  const here = site();
  here.locks.request(
    "hotline:https://hotline.example:outbox",
    {},
    () => new Promise(() => {}),
  );
  const tab = await load(here);
  await write(tab, "Hello");
  assert.deepEqual(here.server.said, []);
  await here.clock.pass(16_000);
  assert.deepEqual(here.server.said, ["Hello"]);
});

test("A page that is put aside gives its line up, and takes it again when it is back", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  await tab.world.turn("pagehide");
  assert.equal(here.server.streams, 0);
  await tab.world.turn("pageshow");
  assert.equal(here.server.streams, 1);
});

test("Signing out in one tab empties the other", async () => {
  const here = site();
  const one = await load(here);
  await write(one, "Hello");
  const two = await load(here);
  one.chat.shutdown();
  await here.clock.pass(100);
  assert.deepEqual([shown(two), here.server.streams], [[], 0]);
});
