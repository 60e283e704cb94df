import assert from "node:assert/strict";
import { test } from "node:test";
import { load, shown, site, write } from "./fakes/tab.ts";
import type { Tab } from "./fakes/tab.ts";
import type { FakeSite } from "./fakes/browser.ts";

async function talking(): Promise<[FakeSite, Tab]> {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  return [here, tab];
}

test("A reply is shown as it is written, and its message takes its place under the same key", async () => {
  const [here, tab] = await talking();
  here.server.emit("delta", { message_id: "m-c-1-2", text: "A seat " });
  here.server.emit("delta", { message_id: "m-c-1-2", text: "costs" });
  await here.clock.pass(100);
  const draft = tab.chat.state.items[1];
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "agent: A seat costs …",
  ]);
  here.server.say("agent", "A seat costs 39 euros.");
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "agent: A seat costs 39 euros.",
  ]);
  assert.equal(tab.chat.state.items[1]?.key, draft?.key);
});

test("What changes is another item than before, so that a view can compare the two", async () => {
  const [here, tab] = await talking();
  here.server.emit("delta", { message_id: "m-c-1-2", text: "A seat " });
  await here.clock.pass(100);
  const draft = tab.chat.state.items[1];
  here.server.say("agent", "A seat costs 39 euros.");
  await here.clock.pass(100);
  assert.equal(draft?.isDraft, true);
  assert.notEqual(tab.chat.state.items[1]?.version, draft?.version);
});

test("A reply that is taken back while it is written is gone", async () => {
  const [here, tab] = await talking();
  here.server.emit("delta", { message_id: "m-2", text: "A seat " });
  here.server.emit("delta", { message_id: "m-2", text: "", discarded: true });
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)"]);
});

test("A reply that is still written after a cut is not doubled", async () => {
  const [here, tab] = await talking();
  here.server.emit("delta", { message_id: "m-2", text: "A seat " });
  await here.clock.pass(100);
  here.server.cut();
  await here.clock.pass(1_000);
  here.server.emit("delta", { message_id: "m-2", text: "A seat costs" });
  await here.clock.pass(5_000);
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "agent: A seat costs …",
  ]);
});

test("A reply that was given up during a cut does not stay", async () => {
  const [here, tab] = await talking();
  here.server.emit("delta", { message_id: "m-2", text: "A seat " });
  await here.clock.pass(100);
  here.server.cut();
  await here.clock.pass(5_000);
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)"]);
});

test("A message that comes twice is shown once, and does not change", async () => {
  const [here, tab] = await talking();
  const message = here.server.say("agent", "Hi");
  await here.clock.pass(100);
  const { version } = tab.chat.state.items[1] ?? {};
  here.server.emit("message", message, "2");
  await here.clock.pass(100);
  assert.deepEqual(
    [shown(tab).length, tab.chat.state.items[1]?.version],
    [2, version],
  );
});

test("Messages that come in another order are shown by seq", async () => {
  const [here, tab] = await talking();
  const base = {
    author: "agent",
    author_name: "",
    created_at: "2026-11-23T09:00:00Z",
  };
  here.server.emit("message", {
    ...base,
    seq: 3,
    message_id: "m-3",
    text: "Three",
  });
  here.server.emit("message", {
    ...base,
    seq: 2,
    message_id: "m-2",
    text: "Two",
  });
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "agent: Two",
    "agent: Three",
  ]);
});

test("An edit and a removal change the message and its version", async () => {
  const [here, tab] = await talking();
  const message = here.server.say("rep", "39");
  await here.clock.pass(100);
  const first = tab.chat.state.items[1]?.version ?? 0;
  here.server.emit("message_changed", {
    ...message,
    text: "49",
    edited_at: "2026-11-23T09:01:00Z",
  });
  await here.clock.pass(100);
  const edited = { ...tab.chat.state.items[1] };
  here.server.emit("message_changed", {
    ...message,
    text: "",
    deleted_at: "2026-11-23T09:02:00Z",
  });
  await here.clock.pass(100);
  const removed = tab.chat.state.items[1];
  assert.deepEqual(
    [edited.text, edited.isEdited, removed?.isRemoved, removed?.text],
    ["49", true, true, ""],
  );
  assert.ok(
    first < (edited.version ?? 0) &&
      (edited.version ?? 0) < (removed?.version ?? 0),
  );
});

test("Own words that the stream brings before their answer are shown once", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.once(({ path }) => (/messages$/.test(path) ? "lost" : null));
  await write(tab, "Again");
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "visitor: Again (sent)",
  ]);
});

test("The same words said twice are shown twice", async () => {
  const [here, tab] = await talking();
  await write(tab, "Hello");
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "visitor: Hello (sent)",
  ]);
});

test("Typing ends by itself after ten seconds without news", async () => {
  const [here, tab] = await talking();
  here.server.emit("typing", { typing: "rep" });
  await here.clock.pass(9_000);
  assert.equal(tab.chat.state.typing, "rep");
  await here.clock.pass(2_000);
  assert.equal(tab.chat.state.typing, null);
});

test("Typing ends with the message", async () => {
  const [here, tab] = await talking();
  here.server.emit("typing", { typing: "agent" });
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.equal(tab.chat.state.typing, null);
});

test("What others say counts as unread until it is seen, also after a reload", async () => {
  const [here, tab] = await talking();
  here.server.say("agent", "Hi");
  here.server.say("system", "Mia has joined.");
  await here.clock.pass(100);
  assert.equal(tab.chat.state.unread, 2);
  tab.chat.seen();
  here.server.say("rep", "Hello");
  await here.clock.pass(100);
  assert.equal(tab.chat.state.unread, 1);
  const again = await load(here);
  await here.clock.pass(100);
  assert.equal(again.chat.state.unread, 1);
});

test("A rep is named and pictured when they hold the conversation", async () => {
  const [here, tab] = await talking();
  here.server.emit("held_by", {
    held_by: "rep",
    rep: { name: "Mia", picture: "/pictures/mia.png" },
  });
  await here.clock.pass(100);
  const { holder, rep } = tab.chat.state;
  assert.deepEqual(
    [holder, rep],
    ["rep", { name: "Mia", picture: "/pictures/mia.png" }],
  );
});

test("A message of an older server, without lists, is shown", async () => {
  const [here, tab] = await talking();
  const { sources, sentences, files } = tab.chat.state.items[0] ?? {};
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.deepEqual(
    [sources, sentences, files, shown(tab)[1]],
    [[], [], [], "agent: Hi"],
  );
});

test("Listeners are told at most once a frame", async () => {
  const [here, tab] = await talking();
  let times = 0;
  tab.chat.subscribe(() => times++);
  for (let word = 0; word < 50; word++)
    here.server.emit("delta", { message_id: "m-2", text: "word " });
  await here.clock.pass(20);
  assert.ok(times >= 1 && times <= 2, `${times} times`);
});
