// The safe part of Markdown, made into text that shows its structure.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  link,
  type Make,
  marked,
  plain,
  rich,
  safeAddress,
  spoken,
} from "../../../../integrations/web/widget/src/markdown.ts";

const make: Make<string> = (tag, { href, start }, ...children) =>
  `<${tag}${href ? ` ${href}` : ""}${start && start !== "1" ? ` from ${start}` : ""}>${children.join("")}</${tag}>`;
const read = (text: string) => rich(text, make).join("");

test("Blank lines part paragraphs, line breaks stay", () => {
  assert.equal(read("One\ntwo\n\n\nThree"), "<p>One\ntwo</p><p>Three</p>");
});

test("Bold, italic and code are told apart", () => {
  assert.equal(
    read("**a** *b* _c_ `d*e*`"),
    "<p><strong>a</strong> <em>b</em> <em>c</em> <code>d*e*</code></p>",
  );
});

test("Signs that are no emphasis stay as they are", () => {
  for (const text of [
    "2*3*4",
    "snake_case_name",
    "5 * 3 * 2",
    "**",
    "a ** b",
    "`",
    "[x]",
    "[x](",
    "* ",
  ])
    assert.equal(read(text), `<p>${text}</p>`);
});

test("Lists are lists, numbered ones go on where they were", () => {
  assert.equal(
    read("Plans:\n- A\n- **B**\n\n3. C\n4. D"),
    "<p>Plans:</p><ul><li>A</li><li><strong>B</strong></li></ul><ol from 3><li>C</li><li>D</li></ol>",
  );
});

test("Links lead to web, mail and telephone, and nowhere else", () => {
  assert.equal(
    read("[a](https://x.example/)"),
    "<p><a https://x.example/>a</a></p>",
  );
  assert.equal(
    read("[a](mailto:a@x.example)"),
    "<p><a mailto:a@x.example>a</a></p>",
  );
  for (const bad of [
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//x.example",
    "/path",
    "blob:https://x",
    "JAVASCRIPT:x",
  ])
    assert.equal(read(`[a](${bad})`).includes("<a"), false);
});

test("An address hidden by spaces or signs is still judged as the browser does", () => {
  for (const bad of [
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "\u0001javascript:x",
    "file:///etc/passwd",
  ])
    assert.equal(safeAddress(bad), "");
});

test("Bare addresses become links without the full stop behind them", () => {
  assert.equal(
    read("See https://x.example/a_b."),
    "<p>See <a https://x.example/a_b>https://x.example/a_b</a>.</p>",
  );
  assert.equal(
    read("(https://x.example/)!"),
    "<p>(<a https://x.example/>https://x.example/</a>)!</p>",
  );
  assert.equal(
    read("Write to sales@x.example."),
    "<p>Write to <a mailto:sales@x.example>sales@x.example</a>.</p>",
  );
});

test("A visitor's own words have links and nothing else", () => {
  assert.equal(
    plain("**a** [b](https://x.example/) - c", make),
    "<p>**a** [b](<a https://x.example/>https://x.example/</a>) - c</p>",
  );
});

test("Markup of HTML is text", () => {
  const children: unknown[] = [];
  rich<string>(
    "<b>x</b> <script>",
    (tag, _attributes, ...parts) => (
      children.push(tag, ...parts.filter(Boolean)),
      tag
    ),
  );
  assert.deepEqual(children, ["p", "<b>x</b> <script>"]);
});

test("Links open aside and give nothing away", () => {
  const seen = link<string>("a", "https://x.example", (_tag, attributes) =>
    JSON.stringify(attributes),
  );
  assert.deepEqual(JSON.parse(seen), {
    href: "https://x.example",
    target: "_blank",
    rel: "noopener noreferrer nofollow",
  });
});

test("Notes stand behind the last word of their sentence, whatever the words bring along", () => {
  const text = marked([
    "**One\uE001 two.** ",
    "- Three",
    "\n\n",
    "https://x.example/",
  ]);
  const said = rich(text, make, (at) => (at === 1 ? [] : [`{${at}}`])).join("");
  assert.equal(
    said,
    "<p><strong>One two.</strong>{0} - Three</p><p><a https://x.example/>https://x.example/</a>{3}</p>",
  );
});

test("What is said aloud has no signs in it", () => {
  assert.equal(
    spoken("**Bold**, `code` and [a page](https://x.example/)."),
    "Bold, code and a page.",
  );
});

// A pattern that walks back far would not come to an end in this time, nor in ten times as much.
const PATIENCE = { timeout: 20_000 };
const PIECES = [
  "*",
  "_",
  "**",
  "`",
  "[",
  "](",
  "[a](",
  "*a",
  " _a",
  "a@",
  "a.",
  "https://",
  "https://x.",
  ")",
  " x",
  "1. ",
  "- ",
  "🙂",
];

for (const piece of PIECES)
  test(
    `8,000 signs of ${JSON.stringify(piece)} are read to the end`,
    PATIENCE,
    () => {
      const text = `${piece.repeat(8000 / piece.length)} end`;
      assert.ok(
        [read(text), plain(text, make), spoken(text)].every((said) =>
          said.includes("end"),
        ),
      );
    },
  );
