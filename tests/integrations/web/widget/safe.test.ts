import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fromJson,
  toJson,
  unspoiled,
} from "../../../../integrations/web/widget/src/safe.ts";
import type { Page } from "../../../../integrations/web/widget/src/safe.ts";
import { load, shown, site, write } from "./fakes/tab.ts";

function page(fetch: unknown): { page: Page; made: object[] } {
  const made: object[] = [];
  const spare = { fetch: globalThis.setTimeout };
  const frame = {
    isConnected: true,
    setAttribute: () => {},
    contentWindow: spare,
  };
  const document = {
    createElement: () => frame,
    documentElement: { append: (one: object) => made.push(one) },
  };
  return { page: { fetch, document } as unknown as Page, made };
}

test("JSON is written right though a library hangs toJSON on lists", () => {
  const lists = Array.prototype as unknown as { toJSON?: () => string };
  lists.toJSON = () => "spoiled";
  try {
    assert.equal(
      toJson({ a: [1, "x", null, { b: true }], c: undefined }),
      '{"a":[1,"x",null,{"b":true}]}',
    );
  } finally {
    delete lists.toJSON;
  }
});

test("What is written is read again", () => {
  const value = {
    text: 'a "b" \u2028 🎉',
    list: [[], {}],
    none: null,
    no: false,
    number: 1.5,
  };
  assert.deepEqual(fromJson(toJson(value)), value);
});

test("Bad JSON is null", () => {
  assert.deepEqual(
    [fromJson("{"), fromJson(""), fromJson(null)],
    [null, null, null],
  );
});

test("The page's own fetch is used where it is the browser's", () => {
  const { page: own, made } = page(Math.max);
  assert.equal(unspoiled("fetch", own), own);
  assert.equal(made.length, 0);
});

test("A fetch that the site has replaced is passed by with an empty frame, made once", () => {
  const { page: spoiled, made } = page(() => "mine");
  assert.notEqual(unspoiled("fetch", spoiled), spoiled);
  unspoiled("fetch", spoiled);
  assert.equal(made.length, 1);
});

/** Throws where the widget calls it; the fakes may. */
function breaking(original: (...args: never[]) => unknown): unknown {
  return function (this: unknown, ...args: never[]): unknown {
    if (
      /^\s+at [^\n]*widget\/src\//m.test(
        new Error().stack?.split("\n")[2] ?? "",
      )
    )
      throw new Error("broken by the site");
    return original.apply(this, args);
  };
}

test("A site that breaks the lists' own functions does not break the chat", async () => {
  const here = site();
  const tab = await load(here);
  const names = [
    "map",
    "filter",
    "find",
    "forEach",
    "includes",
    "reduce",
    "some",
    "every",
    "flatMap",
  ] as const;
  const kept = names.map((name) => [name, Array.prototype[name]] as const);
  for (const [name, value] of kept)
    Object.assign(Array.prototype, { [name]: breaking(value) });
  try {
    await write(tab, "Hello");
    here.server.say("agent", "Hi");
    await here.clock.pass(100);
  } finally {
    for (const [name, value] of kept)
      Object.assign(Array.prototype, { [name]: value });
  }
  assert.deepEqual(shown(tab), ["visitor: Hello (sent)", "agent: Hi"]);
});
