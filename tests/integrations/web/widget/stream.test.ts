import assert from "node:assert/strict";
import { test } from "node:test";
import { createParser } from "../../../../integrations/web/widget/src/sse.ts";
import type { ServerEvent } from "../../../../integrations/web/widget/src/sse.ts";
import { json } from "./fakes/server.ts";
import { load, shown, site, write } from "./fakes/tab.ts";

const STREAM =
  ': hello\r\n\r\nevent: held_by\r\nid: 7\r\ndata: {"text": "Grüße 🎉"}\r\n\r\nevent: delta\ndata: a\ndata: b\n\n';
const EVENTS: ServerEvent[] = [
  { name: "held_by", data: '{"text": "Grüße 🎉"}' },
  { name: "delta", data: "a\nb" },
];

function parsed(pieces: Uint8Array[]): ServerEvent[] {
  const [parse, decoder] = [createParser(), new TextDecoder()];
  return pieces.flatMap((piece) =>
    parse(decoder.decode(piece, { stream: true })),
  );
}

test("A stream that is split at any byte gives the same events", () => {
  const bytes = new TextEncoder().encode(STREAM);
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(
      parsed([bytes.slice(0, at), bytes.slice(at)]),
      EVENTS,
      `split at ${at}`,
    );
  }
});

test("A stream that comes byte by byte gives the same events", () => {
  const bytes = new TextEncoder().encode(STREAM);
  assert.deepEqual(
    parsed(Array.from(bytes, (byte) => new Uint8Array([byte]))),
    EVENTS,
  );
});

test("An event that is not finished is not given", () => {
  assert.deepEqual(createParser()("event: message\ndata: {}\n"), []);
});

test("A stream that was cut goes on after the last message, and shows each once", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  await tab.world.goOffline();
  here.server.say("agent", "Are you there?");
  await tab.world.goOnline();
  await here.clock.pass(100);
  const streams = here.server.asked.filter(({ path }) => /stream/.test(path));
  assert.equal(streams[streams.length - 1]?.after, "2");
  assert.deepEqual(shown(tab), [
    "visitor: Hello (sent)",
    "agent: Hi",
    "agent: Are you there?",
  ]);
});

test("A stream goes on before a message that is missing", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  const message = {
    author: "agent",
    author_name: "",
    text: "Three",
    created_at: "2026-11-23T09:00:00Z",
  };
  here.server.emit("message", { ...message, seq: 3, message_id: "m-3" });
  await here.clock.pass(100);
  here.server.cut();
  await here.clock.pass(1_000);
  const streams = here.server.asked.filter(({ path }) => /stream/.test(path));
  assert.equal(streams[streams.length - 1]?.after, "1");
});

test("A stream that stalls for 45 seconds is made anew", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  await here.clock.pass(44_000);
  assert.equal(here.server.count(/stream/), 1);
  await here.clock.pass(2_000);
  assert.equal(here.server.count(/stream/), 2);
  assert.equal(here.server.streams, 1);
});

test("A stream on which the server says something is left alone", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  for (let times = 0; times < 8; times++) {
    await here.clock.pass(15_000);
    here.server.write(": ping\n\n");
  }
  assert.equal(here.server.count(/stream/), 1);
});

test("A laptop that wakes up looks at its line at once", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.clock.now += 3_600_000;
  await tab.world.look(true);
  assert.equal(here.server.count(/stream/), 2);
});

test("A server that is gone is asked again at most every half a minute", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.once(({ path }) =>
    /stream/.test(path) ? json(503, {}, { "Retry-After": "40" }) : null,
  );
  here.server.cut();
  await here.clock.pass(1_000);
  assert.equal(here.server.count(/stream/), 2);
  await here.clock.pass(38_000);
  assert.equal(here.server.count(/stream/), 2);
  await here.clock.pass(2_000);
  assert.equal(here.server.count(/stream/), 3);
});

test("Only a line that is lost for three seconds is spoken of", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  for (let times = 0; times < 20; times++)
    here.server.once(({ path }) =>
      /stream/.test(path) ? json(502, {}) : null,
    );
  here.server.cut();
  await here.clock.pass(2_900);
  assert.deepEqual(
    [tab.chat.state.connection, tab.chat.state.notice],
    ["live", ""],
  );
  await here.clock.pass(200);
  assert.deepEqual(
    [tab.chat.state.connection, tab.chat.state.notice],
    ["lost", "lost"],
  );
});

test("A line that is back is not spoken of any more", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  await tab.world.goOffline();
  await here.clock.pass(60_000);
  await tab.world.goOnline();
  assert.deepEqual(
    [tab.chat.state.connection, tab.chat.state.notice],
    ["live", ""],
  );
});

test("Events and fields that are not known here are left alone", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.emit("firework", { message_id: "m-9", colour: "red" });
  here.server.write("data: {broken\n\n");
  here.server.write("event: held_by\ndata: null\n\n");
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)", "agent: Hi"]);
});
