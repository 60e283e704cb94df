// Makes widget.js, the one file that sites load, from src; `--check` tells whether it is up to date and small enough.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

const MOST = 15 * 1024; // bytes, gzipped
const BUILT = new URL("widget.js", import.meta.url);

// What only our own parts call each other's members gets a letter for a name. Nothing that is stored, on the wire, or known to sites.
const OURS = `
  act alone announce askEnd askForPerson clock createChat createStore createView deliver disk
  dropDrafts greet greetWith hasNotes hurry isDraft isEdited isEmpty isOk isOnline isRemoved lastSeq leave leaveEmail look lose
  mayTell newId newest offer onChange onEvent onFollow onGreeting onGreetingDismissed onGreetingTaken onInteraction onLead onNews
  onPage onRefused onState onTurn openFile parts place renew say showGreeting startAnew steal tell ticket toEnd wantsEmail welcome
`.match(/\w+/g);

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

await checkNames();
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
    target: "es2021",
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
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
    mangle: { properties: { regex: new RegExp(`^(${OURS.join("|")})$`) } },
    format: { preamble: "/* Hotline widget, Apache-2.0 */" },
  });
  return Buffer.from(code);
}

// A name that others know, or that is looked up as a text somewhere, would break in silence.
async function checkNames() {
  const types = await read("src/types.ts");
  let known = types.slice(0, types.indexOf("// Settings")) + (await read("hotline.d.ts"));
  for (const name of await readdir(new URL("src", import.meta.url), { recursive: true })) {
    if (name.endsWith(".ts")) known += (await read(`src/${name}`)).match(/"\w+"/g)?.join() ?? "";
  }
  for (const name of OURS) if (new RegExp(`\\b${name}(\\??:|")`).test(known)) fail(`${name} is not ours alone.`);
}

function read(name) {
  return readFile(new URL(name, import.meta.url), "utf8");
}

async function compare() {
  const built = await readFile(BUILT).catch(() => Buffer.alloc(0));
  if (!built.equals(code)) fail("widget.js is not what src makes: run `make widget` and commit it.");
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
