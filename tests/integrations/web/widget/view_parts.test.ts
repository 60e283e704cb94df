// The view's arithmetic: files that may go out, letters and sizes.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  initials,
  sizeOf,
} from "../../../../integrations/web/widget/src/view/dom.ts";
import { addFiles } from "../../../../integrations/web/widget/src/view/composer.ts";
import { say } from "./view_chat.ts";

const RULES = { accept: ".pdf, .PNG", largest: 1_500_000, most: 2 };
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
