import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeFiles } from "./fakes/browser.ts";
import { json } from "./fakes/server.ts";
import { close, load, shown, site, write } from "./fakes/tab.ts";

test("No conversation begins before the first words", async () => {
  const here = site();
  const tab = await load(here);
  tab.chat.open();
  await here.clock.pass(1000);
  assert.equal(here.server.count(/conversations/), 0);
});

test("The first words begin a conversation and are shown as sent", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  assert.deepEqual(
    [here.server.said, shown(tab)],
    [["Hello"], ["visitor: Hello (sent)"]],
  );
});

test("Words in the outbox are sent once after a reload", async () => {
  const here = site();
  const tab = await load(here, { prepare: (world) => (world.online = false) });
  await write(tab, "Hello");
  await close(tab);
  const again = await load(here);
  await here.clock.pass(60_000);
  assert.deepEqual(
    [here.server.said, shown(again)],
    [["Hello"], ["visitor: Hello (sent)"]],
  );
});

test("Words whose answer was lost go out again with the same id and are shown once", async () => {
  const here = site();
  const tab = await load(here);
  here.server.once(({ path }) => (/messages$/.test(path) ? "lost" : null));
  await write(tab, "Hello");
  await here.clock.pass(60_000);
  const ids = here.server.asked
    .filter(({ path }) => /messages$/.test(path))
    .map(({ body }) => body.client_message_id);
  assert.equal(new Set(ids).size, 1);
  assert.deepEqual(
    [here.server.said, shown(tab)],
    [["Hello"], ["visitor: Hello (sent)"]],
  );
});

test("Words keep their key from the press of Send to the end", async () => {
  const here = site();
  const tab = await load(here, { prepare: (world) => (world.online = false) });
  await write(tab, "Hello");
  const before = tab.chat.state.items[0]?.key;
  await tab.world.goOnline();
  await here.clock.pass(1000);
  assert.equal(tab.chat.state.items[0]?.key, before);
});

test("What is said offline goes out in order as soon as the browser is online", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "One");
  await tab.world.goOffline();
  await write(tab, "Two");
  await write(tab, "Three");
  assert.equal(tab.chat.state.notice, "waiting");
  await tab.world.goOnline();
  assert.deepEqual(here.server.said, ["One", "Two", "Three"]);
  assert.deepEqual(shown(tab), [
    "visitor: One (sent)",
    "visitor: Two (sent)",
    "visitor: Three (sent)",
  ]);
});

test("A server that fails for a while gets the words when it is well", async () => {
  const here = site();
  const tab = await load(here);
  for (let times = 0; times < 5; times++) here.server.once(() => json(500, {}));
  await write(tab, "Hello");
  await here.clock.pass(700);
  assert.equal(tab.chat.state.notice, "unavailable 1");
  await here.clock.pass(60_000);
  assert.deepEqual(
    [here.server.said, shown(tab), tab.chat.state.notice],
    [["Hello"], ["visitor: Hello (sent)"], ""],
  );
});

test("A server that asks to wait is not asked earlier, and the visitor is told", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "One");
  here.server.once(() =>
    json(429, { detail: "Too fast." }, { "Retry-After": "20" }),
  );
  await write(tab, "Two");
  const asked = here.server.count(/messages$/);
  assert.equal(tab.chat.state.notice, "slow_down 20");
  await write(tab, "Three");
  await tab.world.look(true);
  await here.clock.pass(19_000);
  assert.equal(here.server.count(/messages$/), asked);
  await here.clock.pass(2_000);
  assert.deepEqual(
    [here.server.said, tab.chat.state.notice],
    [["One", "Two", "Three"], ""],
  );
});

test("Words that a flooded server refuses come again under the same id, once and in order", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "One");
  for (let times = 0; times < 3; times++)
    here.server.once(({ path }) =>
      /messages$/.test(path) ? json(503, {}, { "Retry-After": "5" }) : null,
    );
  await write(tab, "Two");
  await write(tab, "Three");
  await here.clock.pass(60_000);
  const ids = here.server.asked
    .filter(({ path, body }) => /messages$/.test(path) && body.text === "Two")
    .map(({ body }) => body.client_message_id);
  assert.deepEqual([ids.length, new Set(ids).size], [4, 1]);
  assert.deepEqual(here.server.said, ["One", "Two", "Three"]);
});

test("Words that are refused say why and let the next ones pass", async () => {
  const here = site();
  const tab = await load(here);
  here.server.once(({ path }) =>
    /messages$/.test(path) ? json(422, { detail: "Too long." }) : null,
  );
  await write(tab, "Long");
  await write(tab, "Short");
  assert.deepEqual(shown(tab), [
    "visitor: Short (sent)",
    "visitor: Long (failed)",
  ]);
  assert.equal(tab.chat.state.items[1]?.problem, "Too long.");
});

test("Refused words are sent when the visitor tries again", async () => {
  const here = site();
  const tab = await load(here);
  here.server.once(({ path }) =>
    /messages$/.test(path) ? json(422, { detail: "No." }) : null,
  );
  await write(tab, "Hello");
  tab.chat.retry(tab.chat.state.items[0]?.key ?? "");
  await here.clock.pass(100);
  assert.deepEqual(
    [here.server.said, shown(tab)],
    [["Hello"], ["visitor: Hello (sent)"]],
  );
});

test("Refused words that are deleted are gone, also after a reload", async () => {
  const here = site();
  const tab = await load(here);
  here.server.once(({ path }) =>
    /messages$/.test(path) ? json(422, { detail: "No." }) : null,
  );
  await write(tab, "Hello");
  tab.chat.discard(tab.chat.state.items[0]?.key ?? "");
  await close(tab);
  const again = await load(here);
  assert.deepEqual([shown(tab), shown(again)], [[], []]);
});

test("Nothing is said of a server in trouble when nothing waits for it any more", async () => {
  const here = site();
  const tab = await load(here);
  here.server.once(() => json(503, {}, { "Retry-After": "60" }));
  await write(tab, "Hello");
  assert.equal(tab.chat.state.notice, "unavailable 60");
  tab.chat.discard(tab.chat.state.items[0]?.key ?? "");
  assert.equal(tab.chat.state.notice, "");
});

test("A request that hangs is given up and made again", async () => {
  const here = site();
  const tab = await load(here);
  const answer = here.server.answer.bind(here.server);
  let hangs = true;
  here.server.answer = (url, request) =>
    hangs
      ? new Promise((_, fail) =>
          request.signal?.addEventListener("abort", () =>
            fail(new Error("aborted")),
          ),
        )
      : answer(url, request);
  await write(tab, "Hello");
  await here.clock.pass(29_000);
  hangs = false;
  await here.clock.pass(5_000);
  assert.deepEqual(here.server.said, ["Hello"]);
});

test("A clock that is set back by a year neither loses nor reorders words", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "One");
  here.clock.now -= 365 * 24 * 3600 * 1000;
  tab.chat.open();
  await write(tab, "Two");
  await here.clock.pass(1000);
  assert.deepEqual(shown(tab), ["visitor: One (sent)", "visitor: Two (sent)"]);
});

test("Files are uploaded before the words that they come with", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Our plan", [new File(["abc"], "plan.pdf")]);
  const words = here.server.asked.find(({ path }) => /messages$/.test(path));
  assert.deepEqual(
    [here.server.files.get("f-1"), words?.body.attachment_ids],
    ["abc", ["f-1"]],
  );
  assert.equal(here.bytes.size, 0);
});

test("Files survive a reload with their words", async () => {
  const here = site();
  const tab = await load(here, { prepare: (world) => (world.online = false) });
  await write(tab, "Our plan", [new File(["abc"], "plan.pdf")]);
  await close(tab);
  await load(here);
  await here.clock.pass(1000);
  assert.deepEqual(
    [here.server.said, here.server.files.get("f-1")],
    [["Our plan"], "abc"],
  );
});

test("A file that was uploaded is not uploaded again when its words have to wait", async () => {
  const here = site();
  const tab = await load(here);
  here.server.once(({ path }) =>
    /messages$/.test(path) ? json(500, {}) : null,
  );
  await write(tab, "Our plan", [new File(["abc"], "plan.pdf")]);
  await here.clock.pass(10_000);
  assert.deepEqual(
    [here.server.said, here.server.files.size],
    [["Our plan"], 1],
  );
});

test("Files are uploaded again for the conversation that their words begin", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.last.hasEnded = true;
  await write(tab, "Our plan", [new File(["abc"], "plan.pdf")]);
  await here.clock.pass(1_000);
  const words = here.server.asked.filter(({ path }) => /messages$/.test(path));
  assert.deepEqual(words[words.length - 1]?.body.attachment_ids, ["f-2"]);
});

test("Words that the server does not find a place for do not cost the conversation", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.once(({ path }) =>
    /messages$/.test(path) ? json(404, { detail: "No such file." }) : null,
  );
  await write(tab, "Again");
  assert.deepEqual(
    [here.server.talks.length, shown(tab)[1]],
    [1, "visitor: Again (failed)"],
  );
});

test("Words that another tab wrote over on the disk are sent all the same", async () => {
  const here = site();
  const tab = await load(here, { prepare: (world) => (world.online = false) });
  await write(tab, "Hello");
  tab.store.set("outbox", undefined);
  await tab.world.goOnline();
  await here.clock.pass(1_000);
  assert.deepEqual(here.server.said, ["Hello"]);
});

test("A file that cannot be found any more fails where the visitor sees it", async () => {
  const here = site();
  const tab = await load(here, {
    files: fakeFiles(),
    prepare: (world) => (world.online = false),
  });
  await write(tab, "Our plan", [new File(["abc"], "plan.pdf")]);
  await close(tab);
  const again = await load(here, { files: fakeFiles() });
  await here.clock.pass(30_000);
  assert.deepEqual(shown(again), ["visitor: Our plan (failed)"]);
  assert.equal(again.chat.state.items[0]?.problem, "file_lost plan.pdf");
});

test("Asking for a person waits in the outbox like words", async () => {
  const here = site();
  const tab = await load(here, { prepare: (world) => (world.online = false) });
  tab.chat.askForPerson();
  await here.clock.pass(100);
  assert.deepEqual([tab.chat.state.isPersonAsked, shown(tab)], [true, []]);
  await tab.world.goOnline();
  await here.clock.pass(1000);
  assert.equal(here.server.count(/human$/), 1);
  assert.equal(tab.chat.state.isPersonAsked, true);
});
