import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "./fakes/server.ts";
import {
  close,
  load,
  settings,
  shown,
  site,
  warned,
  write,
} from "./fakes/tab.ts";

const DAY = 24 * 3600 * 1000;

test("A reload goes on with the conversation from its first message", async () => {
  const here = site();
  await close(
    await load(here).then(async (tab) => (await write(tab, "Hello"), tab)),
  );
  const again = await load(here);
  await here.clock.pass(100);
  assert.deepEqual(
    [here.server.talks.length, shown(again)],
    [1, ["visitor: Hello (sent)"]],
  );
});

test("A token that is older than a day is renewed when the panel opens", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.clock.now += 2 * DAY;
  tab.chat.open();
  await here.clock.pass(100);
  assert.deepEqual(
    [here.server.talks.length, tab.store.get("conversation")?.token],
    [1, "t-2"],
  );
});

test("A fresh token is not renewed", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  tab.chat.open();
  await here.clock.pass(100);
  assert.equal(tab.store.get("conversation")?.token, "t-1");
});

test("An expired token begins a new conversation with the same words and the same id", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.expired.add("t-1");
  await write(tab, "Still there?");
  await here.clock.pass(1000);
  const words = here.server.asked.filter(
    ({ body }) => body.text === "Still there?",
  );
  assert.equal(
    new Set(words.map(({ body }) => body.client_message_id)).size,
    1,
  );
  assert.deepEqual(
    [here.server.talks.length, shown(tab)],
    [2, ["visitor: Still there? (sent)"]],
  );
});

test("A line that is refused ends the conversation, and nothing that waits is lost", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.once(({ path }) =>
    /messages$/.test(path) ? json(503, {}, { "Retry-After": "5" }) : null,
  );
  await write(tab, "Still there?");
  here.server.expired.add("t-1");
  here.server.cut();
  await here.clock.pass(10_000);
  assert.deepEqual(
    [here.server.talks.length, shown(tab)],
    [2, ["visitor: Still there? (sent)"]],
  );
});

test("Words to a conversation that has ended begin a new one", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.last.hasEnded = true;
  await write(tab, "One more thing");
  await here.clock.pass(1000);
  assert.deepEqual(
    here.server.last.messages.map(({ text }) => text),
    ["One more thing"],
  );
  assert.deepEqual(shown(tab), ["visitor: One more thing (sent)"]);
});

test("A server that refuses every conversation is not asked for ever", async () => {
  const here = site();
  const tab = await load(here);
  for (let times = 0; times < 50; times++)
    here.server.once(({ path }) =>
      /messages/.test(path) ? json(404, {}) : null,
    );
  await write(tab, "Hello");
  await here.clock.pass(60_000);
  assert.ok(
    here.server.talks.length <= 2,
    `${here.server.talks.length} conversations`,
  );
  assert.deepEqual(shown(tab), ["visitor: Hello (failed)"]);
});

test("Who the visitor is goes along with the conversation", async () => {
  const here = site();
  const visitor = {
    user_id: "u-1",
    user_hash: "abc",
    traits: { plan: "trial" },
  };
  await write(await load(here, { settings: { visitor } }), "Hello");
  const { user_id, user_hash, traits } = here.server.asked[0]?.body
    .visitor as typeof visitor;
  assert.deepEqual({ user_id, user_hash, traits }, visitor);
});

test("A refused identity is told to the developer, and the chat goes on without it", async () => {
  const here = site();
  const tab = await load(here, {
    settings: { visitor: { user_id: "u-1", user_hash: "bad", traits: {} } },
  });
  here.server.once(() => json(403, { detail: "user_hash does not match." }));
  const told = await warned(() => write(tab, "Hello"));
  assert.deepEqual(
    [told, here.server.said],
    [["Hotline: user_hash does not match."], ["Hello"]],
  );
});

test("Another person does not see the conversation of the one before, nor send their words", async () => {
  const here = site();
  const one = await load(here, {
    settings: { visitor: { user_id: "u-1", traits: {} } },
  });
  await write(one, "Mine");
  one.world.online = false;
  await write(one, "Mine, too");
  await close(one);
  const other = await load(here, {
    settings: { visitor: { user_id: "u-2", traits: {} } },
  });
  await here.clock.pass(60_000);
  assert.deepEqual([shown(other), here.server.said], [[], ["Mine"]]);
});

test("Another person gets another anonymous id", async () => {
  const here = site();
  const tab = await load(here, {
    settings: { visitor: { user_id: "u-1", traits: {} } },
  });
  await write(tab, "Mine");
  tab.settings.visitor = { user_id: "u-2", traits: {} };
  await write(tab, "Hers");
  const ids = here.server.asked
    .filter(({ path }) => /conversations$/.test(path))
    .map(({ body }) => body.visitor);
  assert.notEqual(
    (ids[0] as { anonymous_id: string }).anonymous_id,
    (ids[1] as { anonymous_id: string }).anonymous_id,
  );
});

test("What is shown changes with the person, without a word being said", async () => {
  const here = site();
  const tab = await load(here, {
    settings: { visitor: { user_id: "u-1", traits: {} } },
  });
  await write(tab, "Mine");
  tab.settings.visitor = { user_id: "u-2", traits: {} };
  tab.chat.resume();
  await here.clock.pass(100);
  assert.deepEqual([shown(tab), here.server.streams], [[], 0]);
});

test("An older server that does not take all we tell gets the words all the same", async () => {
  const here = site();
  const tab = await load(here);
  here.server.once(() => json(422, { detail: "greeting_id: unknown field." }));
  await write(tab, "Hello");
  assert.deepEqual(
    [here.server.said, shown(tab)],
    [["Hello"], ["visitor: Hello (sent)"]],
  );
});

test("A visitor who signs in keeps the conversation", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  tab.settings.visitor = { user_id: "u-1", traits: {} };
  tab.chat.open();
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)"]);
});

test("The greeting that was shown becomes the first message", async () => {
  const here = site();
  const tab = await load(here);
  tab.chat.greet({
    id: "pricing",
    text: "Questions on prices?",
    after_seconds: 5,
    suggestions: [],
  });
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), ["agent: Questions on prices?"]);
  await write(tab, "Yes");
  await here.clock.pass(100);
  assert.equal(here.server.asked[0]?.body.greeting_id, "pricing");
  assert.deepEqual(shown(tab), [
    "agent: Questions on prices?",
    "visitor: Yes (sent)",
  ]);
});

test("A conversation that was opened elsewhere is taken over", async () => {
  const here = site();
  const first = await load(here);
  await write(first, "Hello");
  const token = first.store.get("conversation")?.token ?? "";
  await close(first);
  const tab = await load({
    ...here,
    disk: site().disk,
    lines: [],
  } as typeof here);
  const hours = { open: true, next_open_at: null };
  tab.chat.adopt({
    conversation_id: "c-1",
    visitor_token: token,
    disclosure: "",
    greeting: null,
    hours,
  });
  await here.clock.pass(100);
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)"]);
});

test("After the end the next words begin a new conversation", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  await tab.chat.end();
  assert.equal(tab.chat.state.hasEnded, true);
  tab.chat.startAnew();
  await here.clock.pass(100);
  assert.deepEqual([tab.chat.state.hasEnded, shown(tab)], [false, []]);
  await write(tab, "Again");
  assert.deepEqual(
    [here.server.talks.length, shown(tab)],
    [2, ["visitor: Again (sent)"]],
  );
});

test("An end that another tab or the server brings is shown", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.emit("ended", { ended_at: "2026-11-23T09:00:00Z" });
  await here.clock.pass(100);
  assert.equal(tab.chat.state.hasEnded, true);
});

test("A rating is told and remembered", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  await tab.chat.rate(5, "Lovely");
  assert.deepEqual(here.server.latest?.body, {
    score: 5,
    comment: "Lovely",
  });
  assert.equal(tab.chat.state.rating, 5);
});

test("An end that fails is spoken of", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.once(({ path }) =>
    /end$/.test(path) ? json(503, { detail: "Try again shortly." }) : null,
  );
  await tab.chat.end();
  assert.deepEqual(
    [tab.chat.state.hasEnded, tab.chat.state.notice],
    [false, "Try again shortly."],
  );
});

test("An address is asked for when nobody is at the desk, until it is left", async () => {
  const here = site();
  here.server.config = {
    locale: "en",
    texts: {},
    hours: { open: false, next_open_at: null },
  };
  const tab = await load(here);
  tab.chat.open();
  await here.clock.pass(100);
  assert.equal(
    tab.chat.state.wantsEmail,
    false,
    "before the visitor has written",
  );
  await write(tab, "Hello");
  assert.equal(tab.chat.state.wantsEmail, false, "before a reply");
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.equal(tab.chat.state.wantsEmail, true);
  await tab.chat.leaveEmail("dana@nordlift.example");
  assert.equal(tab.chat.state.wantsEmail, false);
  assert.deepEqual(here.server.latest?.body, {
    email: "dana@nordlift.example",
  });
});

test("An address that is refused says why, and one may say not now", async () => {
  const here = site();
  here.server.config = {
    locale: "en",
    texts: {},
    hours: { open: false, next_open_at: null },
  };
  const tab = await load(here);
  tab.chat.open();
  await write(tab, "Hello");
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  here.server.once(() => json(422, { detail: "This is no address." }));
  await assert.rejects(tab.chat.leaveEmail("dana"), /This is no address/);
  assert.equal(tab.chat.state.wantsEmail, true);
  await tab.chat.leaveEmail("");
  assert.equal(tab.chat.state.wantsEmail, false);
});

test("No address is asked for where the playbook says so, or while a rep is there", async () => {
  const here = site();
  const hours = { open: false, next_open_at: null };
  here.server.config = { locale: "en", texts: {}, hours, asks_email: false };
  const tab = await load(here);
  tab.chat.open();
  await write(tab, "Hello");
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.equal(tab.chat.state.wantsEmail, false);
  here.server.config = { locale: "en", texts: {}, hours };
  tab.chat.open();
  await here.clock.pass(100);
  assert.equal(tab.chat.state.wantsEmail, true);
  here.server.emit("held_by", { held_by: "rep", rep: { name: "Mia" } });
  await here.clock.pass(100);
  assert.equal(tab.chat.state.wantsEmail, false);
});

test("An address that the site knows is not asked for", async () => {
  const here = site();
  here.server.config = {
    locale: "en",
    texts: {},
    hours: { open: false, next_open_at: null },
  };
  const tab = await load(here, {
    settings: settings({ visitor: { email: "d@n.example", traits: {} } }),
  });
  tab.chat.open();
  await write(tab, "Hello");
  here.server.say("agent", "Hi");
  await here.clock.pass(100);
  assert.equal(tab.chat.state.wantsEmail, false);
});

test("The configuration is asked for when the panel opens and kept for the next page", async () => {
  const here = site();
  const tab = await load(here);
  assert.equal(here.server.count(/widget/), 0);
  tab.chat.open();
  await here.clock.pass(100);
  assert.equal(tab.chat.state.config?.company, "Tourvane");
  assert.deepEqual(tab.chat.state.config?.suggestions, []);
  await close(tab);
  const again = await load(here, {
    prepare: (world) => (world.online = false),
  });
  again.chat.open();
  await here.clock.pass(100);
  assert.equal(again.chat.state.config?.company, "Tourvane");
});

test("The configuration stays the same object while nothing in it changes", async () => {
  const here = site();
  const tab = await load(here);
  tab.chat.open();
  await here.clock.pass(100);
  const before = tab.chat.state.config;
  await write(tab, "Hello");
  assert.notEqual(before, null);
  assert.equal(tab.chat.state.config, before);
});

test("A configuration that was asked for in vain is asked for again when the browser is online", async () => {
  const here = site();
  const tab = await load(here, { prepare: (world) => (world.online = false) });
  tab.chat.open();
  await here.clock.pass(100);
  await tab.world.goOnline();
  assert.equal(tab.chat.state.config?.company, "Tourvane");
});

test("An older server without a configuration is no trouble", async () => {
  const here = site();
  here.server.config = null;
  const tab = await load(here);
  tab.chat.open();
  await write(tab, "Hello");
  assert.deepEqual(
    [tab.chat.state.config, tab.chat.state.notice, here.server.said],
    [null, "", ["Hello"]],
  );
});

test("A file is fetched with the token and saved under its name", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  const url = "/v1/conversations/c-1/attachments/f-1";
  await tab.chat.openFile({
    attachment_id: "f-1",
    name: "plan.pdf",
    media_type: "",
    size: 3,
    url,
  });
  assert.deepEqual(
    [here.server.latest?.token, tab.world.saved[0]?.name],
    ["t-1", "plan.pdf"],
  );
});

test("The token goes to no other server", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  const url = "https://elsewhere.example/f-1";
  await tab.chat.openFile({
    attachment_id: "f-1",
    name: "plan.pdf",
    media_type: "",
    size: 3,
    url,
  });
  assert.equal(here.server.latest?.token, "");
});

test("The transcript names who said what, and when", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  here.server.say("rep", "Hi", { author_name: "Mia" });
  await here.clock.pass(100);
  assert.match(
    tab.chat.transcript(),
    /^you \(.*2026.*\)\nHello\n\nMia \(.*2026.*\)\nHi\n/,
  );
});

test("Typing is told at most every two and a half seconds", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  for (let key = 0; key < 10; key++) tab.chat.typing();
  await here.clock.pass(3_000);
  tab.chat.typing();
  await here.clock.pass(100);
  assert.equal(here.server.count(/typing$/), 2);
});

test("Signing out forgets everything", async () => {
  const here = site();
  const tab = await load(here);
  await write(tab, "Hello");
  tab.chat.draft = "half a";
  tab.chat.shutdown();
  await here.clock.pass(100);
  assert.deepEqual(
    [here.disk.entries.size, shown(tab), tab.chat.draft, here.server.streams],
    [0, [], "", 0],
  );
});
