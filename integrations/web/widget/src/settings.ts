// Settings, under our names and under those that other chats have made known; from objects and from data attributes.

import { attempt, warn } from "./errors.ts";
import { canonical } from "./locale.ts";
import type { Settings, Visitor } from "./types.ts";

export type Given = Record<string, unknown>;

/** Gives the value; undefined, or an error, for what it cannot be. */
type Reader = (written: string, given: unknown) => unknown;

const pixels = like(/^\d{1,3}(px)?$/, parseInt);

const READERS: Record<string, Reader> = {
  host: like(/^https?:\/\/[^/]/, (written) => written.replace(/\/+$/, "")),
  locale: canonical,
  position: like(/^(left|right)$/),
  theme: like(/^(light|dark|auto)$/),
  accent: like(/^#([\da-f]{3}){1,2}$/i),
  zIndex: like(/^\d{1,10}$/, parseInt),
  horizontalPadding: pixels,
  verticalPadding: pixels,
  launcherSelector: (written) => (document.querySelector(written), written),
  hidesLauncher: like(/^(true|false|)$/, (written) => written !== "false"),
  consent: like(/^(required|granted|)$/),
  texts: (_, given) => (typeof given === "object" ? given : undefined),
};

// Names are compared without case, dashes and underscores, so that data-z-index, z_index and zIndex are one.
const NAMES = {
  __proto__: null, // "constructor" is no name of ours
  languageoverride: "locale",
  alignment: "position",
  darkmode: "theme",
  actioncolor: "accent",
  customlauncherselector: "launcherSelector",
  hidedefaultlauncher: "hidesLauncher",
  hidemessagebubble: "hidesLauncher",
  // Who it is.
  userid: "user_id",
  identifier: "user_id",
  email: "email",
  name: "name",
  userhash: "user_hash",
  identifierhash: "user_hash",
  userjwt: "user_jwt",
  intercomuserjwt: "user_jwt",
  // What other chats are told and we need not know.
  appid: "",
  apibase: "",
  websitetoken: "",
  baseurl: "",
} as unknown as Record<string, string>;
for (const key of Object.keys(READERS)) NAMES[plain(key)] = key;

/** What holds where nothing is set. */
export function defaultSettings(host: string, locale: string): Settings {
  return {
    host,
    locale,
    position: "right",
    theme: "auto",
    accent: "",
    zIndex: 2147483000,
    horizontalPadding: 20,
    verticalPadding: 20,
    launcherSelector: "",
    hidesLauncher: false,
    consent: "",
    texts: {},
    visitor: { traits: {} },
  };
}

/** The settings with what was given on top; what cannot be used is named in the console and left out. */
export function applySettings(
  settings: Settings,
  given: Given,
  readers = READERS,
  before = settings.visitor,
): Settings {
  const visitor = { ...before, traits: { ...before.traits } };
  const applied: Settings & Given = { ...settings, visitor };
  for (const [name, value] of Object.entries(given)) {
    const key = keyOf(name);
    if (value == null || key === "") continue;
    const read = key && readers[key];
    const used = read ? attempt(read, String(value), value) : applyToVisitor(visitor, name, value);
    if (used === undefined) warn(`${name} is ignored: ${value}`);
    else if (read) applied[key] = used;
  }
  // Nothing of one person passes to the next.
  const isAnother = before.user_id && before.user_id !== visitor.user_id;
  return isAnother ? applySettings(settings, given, readers, { traits: {} }) : applied;
}

/** The settings of a visitor who is, or has, what was given. */
export function applyVisitor(settings: Settings, given: Given): Settings {
  return applySettings(settings, given, {});
}

/** What the data attributes of the script say: settings, who it is, and traits as `data-trait-plan`. */
export function fromAttributes(attributes: DOMStringMap): Given {
  const given: Given = {};
  for (const name in attributes) {
    const trait = name.replace(/^trait([A-Z])/, (_, first: string) => first.toLowerCase());
    if (trait !== name || keyOf(name)) given[trait] = attributes[name];
  }
  return given;
}

/** Our name for it; "": one to ignore. */
function keyOf(name: string): string | undefined {
  return NAMES[plain(name)];
}

function plain(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

/** A part of who it is, or else a trait; undefined when it can be neither. */
function applyToVisitor(visitor: Visitor, name: string, given: unknown): true | undefined {
  const key = keyOf(name);
  const isIdentity = key && !READERS[key];
  if (/^[snb]/.test(typeof given)) {
    if (!isIdentity) visitor.traits[name] = given as string;
    else if (given !== "") visitor[key as "name"] = String(given);
  } else {
    if (isIdentity || Array.isArray(given)) return undefined;
    for (const [part, inner] of Object.entries(given ?? {})) applyToVisitor(visitor, name + "." + part, inner);
  }
  return true;
}

function like(pattern: RegExp, make: (written: string) => unknown = String): Reader {
  return (written) => (pattern.test(written) ? make(written) : undefined);
}
