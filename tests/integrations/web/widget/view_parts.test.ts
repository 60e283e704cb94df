// The view's arithmetic: colours that can be read, files that may go out, letters and sizes.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Colour,
  contrast,
  palette,
  parseColour,
} from "../../../../integrations/web/widget/src/view/colours.ts";
import {
  initials,
  sizeOf,
} from "../../../../integrations/web/widget/src/view/dom.ts";
import { addFiles } from "../../../../integrations/web/widget/src/view/file_checks.ts";
import { say } from "./view_chat.ts";

const RULES = { accept: ".pdf, .PNG", largest: 1_500_000, most: 2 };
const ACCENTS = [
  "#000",
  "#fff",
  "#ff0",
  "#0b6e5f",
  "#777777",
  "#767676",
  "#e60023",
  "#00ffcc",
  "#123",
  "#fe8",
  "#8a2be2",
  "",
];

for (const isDark of [false, true])
  for (const accent of ACCENTS)
    test(`What is written with ${accent || "no accent"} can be read, ${isDark ? "dark" : "light"}`, () => {
      const colours = palette(accent, isDark);
      const read = (name: string) =>
        (colours[name] ?? "").match(/\d+/g)?.map(Number) as unknown as Colour;
      const surface: Colour = isDark ? [27, 30, 34] : [255, 255, 255];
      assert.ok(contrast(read("--on"), read("--accent")) >= 4.5);
      assert.ok(contrast(read("--link"), surface) >= 4.5);
      assert.ok(contrast(read("--link"), read("--soft")) >= 4.5);
    });

test("Black on white has the greatest contrast there is", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]).toFixed(2), "21.00");
});

test("A colour that is none is not taken", () => {
  for (const bad of ["red", "#12", "#12345", "#ggg", "url(x)", "#1234567"])
    assert.equal(parseColour(bad), null);
  assert.deepEqual(parseColour("#1aF"), [17, 170, 255]);
});

test("Files of a known kind go along, whatever the case of their ending", () => {
  const files: File[] = [];
  assert.deepEqual(
    addFiles(
      [new File(["x"], "A.PDF"), new File(["x"], "b.png")],
      files,
      RULES,
      say,
    ),
    [],
  );
  assert.deepEqual(
    files.map(({ name }) => name),
    ["A.PDF", "b.png"],
  );
});

test("A file that is too large stays behind and is named", () => {
  const files: File[] = [];
  const large = new File([new Uint8Array(1_500_001)], "a.pdf");
  assert.deepEqual(addFiles([large], files, RULES, say), [
    "a.pdf is larger than 1.5 MB.",
  ]);
  assert.deepEqual(files, []);
});

test("No more files than allowed, counting those that were chosen before", () => {
  const files = [new File(["x"], "a.pdf"), new File(["x"], "b.pdf")];
  assert.deepEqual(addFiles([new File(["x"], "c.pdf")], files, RULES, say), [
    "Up to 2 files at once.",
  ]);
  assert.equal(files.length, 2);
});

test("One or two letters stand for a name, whatever it is written in", () => {
  assert.deepEqual(
    ["Mia Berg", "mia", "Ana María de la Cruz", "李 小龍", "", "🙂 x"].map(
      initials,
    ),
    ["MB", "M", "AC", "李小", "", "🙂X"],
  );
});

test("Sizes are told in the unit that fits", () => {
  assert.deepEqual([1, 340_000, 1_240_000].map(sizeOf), [
    "1 KB",
    "340 KB",
    "1.2 MB",
  ]);
});
