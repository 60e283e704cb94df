import assert from "node:assert/strict";
import { before, test } from "node:test";
import { attempt } from "../../../../integrations/web/widget/src/errors.ts";
import {
  canonical,
  createSay,
  pageLocale,
} from "../../../../integrations/web/widget/src/locale.ts";
import {
  applySettings,
  applyVisitor,
  defaultSettings,
  fromAttributes,
} from "../../../../integrations/web/widget/src/settings.ts";
import type { Given } from "../../../../integrations/web/widget/src/settings.ts";
import { complaints, FakePage } from "./fake_page.ts";

const DEFAULTS = defaultSettings("https://chat.example", "en");

before(() => Object.assign(globalThis, { document: new FakePage().document }));

function given(settings: Given) {
  return applySettings(DEFAULTS, settings);
}

test("Settings may be written in any of the usual ways", () => {
  for (const name of ["zIndex", "z_index", "z-index"])
    assert.equal(given({ [name]: "7" }).zIndex, 7);
});

test("Intercom's names are understood", () => {
  const settings = given({
    app_id: "abc",
    custom_launcher_selector: "#help",
    alignment: "left",
    horizontal_padding: 30,
    vertical_padding: "40",
    z_index: 9,
    hide_default_launcher: true,
    action_color: "#0A7",
    language_override: "pt-br",
    user_id: 17,
    email: "ada@nordwind.example",
    name: "Ada",
    user_hash: "f00",
    intercom_user_jwt: "a.b.c",
    company: { name: "Nordwind", size: 120 },
    plan: "growth",
  });
  assert.deepEqual(settings, {
    ...DEFAULTS,
    launcherSelector: "#help",
    position: "left",
    horizontalPadding: 30,
    verticalPadding: 40,
    zIndex: 9,
    hidesLauncher: true,
    accent: "#0A7",
    locale: "pt-BR",
    visitor: {
      user_id: "17",
      email: "ada@nordwind.example",
      name: "Ada",
      user_hash: "f00",
      user_jwt: "a.b.c",
      traits: {
        "company.name": "Nordwind",
        "company.size": 120,
        plan: "growth",
      },
    },
  });
});

test("Chatwoot's names are understood", () => {
  const settings = given({
    websiteToken: "t",
    baseUrl: "https://elsewhere.example",
    hideMessageBubble: true,
    position: "left",
    darkMode: "auto",
    identifier: "u-1",
    identifier_hash: "f00",
  });
  assert.equal(settings.host, DEFAULTS.host);
  assert.deepEqual(settings.visitor, {
    user_id: "u-1",
    user_hash: "f00",
    traits: {},
  });
  assert.deepEqual(
    [settings.hidesLauncher, settings.position, settings.theme],
    [true, "left", "auto"],
  );
});

for (const [name, value] of [
  ["position", "middle"],
  ["theme", "blue"],
  ["accent", "url(x)"],
  ["zIndex", "high"],
  ["verticalPadding", -1],
  ["horizontalPadding", 5000],
  ["launcherSelector", "#help["],
  ["hidesLauncher", "maybe"],
  ["consent", "yes"],
  ["locale", "not a locale"],
  ["host", "javascript:alert(1)"],
  ["texts", "Hello"],
  ["user_id", { id: 1 }],
  ["tags", ["a"]],
] as const) {
  test(`A wrong ${name} is left out and named in the console`, () => {
    let settings = DEFAULTS;
    const said = complaints(() => (settings = given({ [name]: value })));
    assert.deepEqual(settings, DEFAULTS);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", new RegExp(`^Hotline: .*${name}`));
  });
}

test("What is undefined or null changes nothing and is no mistake", () => {
  const said = complaints(() =>
    assert.deepEqual(given({ email: null, accent: undefined }), DEFAULTS),
  );
  assert.deepEqual(said, []);
});

test("An empty text is nobody's name", () => {
  assert.deepEqual(given({ user_id: "", email: "" }).visitor, { traits: {} });
});

test("A trait may be called like a part of the language", () => {
  assert.deepEqual(given({ constructor: "Acme" }).visitor.traits, {
    constructor: "Acme",
  });
});

test("What a page hangs on every object is nobody's trait", () => {
  const spoiled = Object.prototype as { each?: unknown };
  spoiled.each = function each() {};
  const { traits } = given({ plan: "growth", company: { size: 120 } }).visitor;
  delete spoiled.each;
  assert.deepEqual(Object.keys(traits), ["plan", "company.size"]);
});

test("Attributes give settings, the visitor, and traits by name; those of other tools are left alone", () => {
  const attributes = {
    hotline: "",
    zIndex: "3",
    userId: "u-1",
    traitPlan: "growth",
    turboTrack: "reload",
    consent: "required",
  };
  assert.deepEqual(fromAttributes(attributes), {
    zIndex: "3",
    userId: "u-1",
    plan: "growth",
    consent: "required",
  });
});

test("An attribute without a value means yes", () => {
  assert.equal(
    given(fromAttributes({ hidesLauncher: "" })).hidesLauncher,
    true,
  );
});

test("What is known of a visitor grows", () => {
  const known = applyVisitor(given({ user_id: "u-1" }), {
    email: "ada@nordwind.example",
    plan: "growth",
  });
  assert.deepEqual(known.visitor, {
    user_id: "u-1",
    email: "ada@nordwind.example",
    traits: { plan: "growth" },
  });
});

test("Nothing of one person passes to the next", () => {
  const ada = given({
    user_id: "u-1",
    user_hash: "f00",
    email: "ada@nordwind.example",
    plan: "growth",
  });
  assert.deepEqual(applySettings(ada, { user_id: "u-2" }).visitor, {
    user_id: "u-2",
    traits: {},
  });
});

test("A visitor's traits may have the names of settings", () => {
  const known = applyVisitor(DEFAULTS, { position: "CTO" });
  assert.deepEqual(
    [known.position, known.visitor.traits],
    ["right", { position: "CTO" }],
  );
});

test("Settings given before are not changed by those that follow", () => {
  const before = given({ plan: "free" });
  applySettings(before, { plan: "growth" });
  assert.deepEqual(before.visitor.traits, { plan: "free" });
});

test("The page's language comes before the browser's", () => {
  const page = new FakePage();
  page.document.documentElement.lang = "de_DE";
  assert.equal(pageLocale(page.window), "de-DE");
});

test("The browser's language stands in for a page that names none, or nonsense", () => {
  const page = new FakePage();
  for (const lang of ["", "?"]) {
    page.document.documentElement.lang = lang;
    assert.equal(pageLocale(page.window), "en-GB");
  }
});

test("What is no locale is none", () => {
  assert.equal(attempt(canonical, "x_"), undefined);
});

test("Words come from the settings, else from the server, else from the script", () => {
  const say = createSay(
    () => given({ texts: { send: "Los" } }),
    () => ({ send: "Senden", close: "Schließen" }),
  );
  assert.deepEqual(
    [say("send"), say("close"), say("input"), say("attach")],
    ["Los", "Schließen", "Your message", ""],
  );
});

test("Placeholders are filled, also by words that look like some", () => {
  const say = createSay(
    () => DEFAULTS,
    () => ({ says: "{name} says: {text}" }),
  );
  assert.equal(say("says", { name: "{text}", text: "Hi" }), "{text} says: Hi");
});

test("The launcher has a name in every language before anything was fetched", () => {
  const say = createSay(
    () => given({ locale: "de-AT" }),
    () => undefined,
  );
  assert.equal(say("launcher"), "Chat");
});
