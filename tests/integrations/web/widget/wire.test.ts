import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "node:fs/promises";

test("The built script carries nobody's code but ours", async () => {
  const built = await readFile(
    new URL("../../../../integrations/web/widget/widget.js", import.meta.url),
    "utf8",
  );
  assert.match(built, /^\/\* Hotline widget, Apache-2.0 \*\//);
});
