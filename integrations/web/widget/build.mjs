// Makes what sites load from src: widget.js, and widget-panel.js, which it fetches when the chat is first opened.
// `--check` tells whether both are up to date and small enough.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

// Bytes, gzipped.
const MOST = { "widget.js": 15 * 1024, "widget-panel.js": 8 * 1024 };

// Nesting is written out for these, and what they do not know is left out or has its own rule.
const OLDEST = ["chrome111", "firefox115", "safari16.4"];

// Styles travel inside the scripts as strings: minified as styles first.
const smallStyles = {
  name: "small-styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: OLDEST });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const panel = await bundle("src/view/panel.ts", { format: "esm" });
// The first names the second by what is in it, so that no cache gives a panel of another version.
const PANEL = JSON.stringify(createHash("sha256").update(panel).digest("hex").slice(0, 12));
const first = await bundle("src/main.ts", { format: "iife", define: { PANEL } });
for (const [name, code] of [
  ["widget.js", first],
  ["widget-panel.js", panel],
]) {
  await put(name, code);
}

async function bundle(entry, options) {
  const { outputFiles } = await build({
    entryPoints: [new URL(entry, import.meta.url).pathname],
    bundle: true,
    minify: true,
    target: "es2021",
    charset: "utf8",
    legalComments: "none",
    plugins: [smallStyles],
    write: false,
    ...options,
  });
  return smallest(outputFiles[0].text, options.format === "esm");
}

// A second pass by other means finds another thirtieth.
async function smallest(bundled, module) {
  const { code } = await minify(bundled, {
    ecma: 2020,
    module,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
    format: { preamble: "/* Hotline widget, Apache-2.0 */" },
  });
  return Buffer.from(code);
}

async function put(name, code) {
  const file = new URL(name, import.meta.url);
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`${name}: ${code.length} bytes, ${size} gzipped (at most ${MOST[name]})`);
  if (size > MOST[name]) fail(`${name} is ${size - MOST[name]} bytes too large.`);
  if (!process.argv.includes("--check")) return writeFile(file, code);
  const built = await readFile(file).catch(() => Buffer.alloc(0));
  if (!built.equals(code)) fail(`${name} is not what src makes: run \`make widget\` and commit it.`);
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
