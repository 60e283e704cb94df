// Makes widget.js, the one file that sites load, from src; `--check` tells whether it is up to date and small enough.

import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

const MOST = 15 * 1024; // bytes, gzipped
const BUILT = new URL("widget.js", import.meta.url);

// Styles travel inside the script as a string: minified as styles first.
const smallStyles = {
  name: "small-styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: "es2020" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const code = await smallest(await bundle());
const size = gzipSync(code, { level: 9 }).length;
console.log(`widget.js: ${code.length} bytes, ${size} gzipped (at most ${MOST})`);
if (process.argv.includes("--check")) await compare();
else await writeFile(BUILT, code);
if (size > MOST) fail(`The widget is ${size - MOST} bytes too large.`);

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [new URL("src/main.ts", import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    plugins: [smallStyles],
    write: false,
  });
  return outputFiles[0].text;
}

// A second pass by other means finds another thirtieth.
async function smallest(bundled) {
  const { code } = await minify(bundled, {
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true },
    format: { preamble: "/* Hotline widget, Apache-2.0 */" },
  });
  return Buffer.from(code);
}

async function compare() {
  const built = await readFile(BUILT).catch(() => Buffer.alloc(0));
  if (!built.equals(code)) fail("widget.js is not what src makes: run `make widget` and commit it.");
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
