// Settings, under our names and under those that other chats have made known; from objects and from data attributes.

import { warn } from "./errors.ts";
import { canonical } from "./locale.ts";
import type { Settings, Visitor } from "./types.ts";

export type Given = Record<string, unknown>;

type Key = Exclude<keyof Settings, "visitor">;
type Identity = Exclude<keyof Visitor, "traits">;
/** Gives the value, or undefined for what it cannot be. */
type Reader = (given: unknown, written: string) => Settings[Key] | undefined;

const pixels = within(500);

const READERS: Record<Key, Reader> = {
  host: (_, written) => (/^https?:\/\/[^/]/.test(written) ? written.replace(/\/+$/, "") : undefined),
  locale: (_, written) => canonical(written) || undefined,
  position: oneOf("left", "right"),
  theme: oneOf("light", "dark", "auto"),
  accent: colour,
  zIndex: within(2147483647),
  horizontalPadding: pixels,
  verticalPadding: pixels,
  launcherSelector: selector,
  hidesLauncher: (_, written) => (/^(true|false)?$/.test(written) ? written !== "false" : undefined),
  consent: oneOf("", "required", "granted"),
  texts: (given) => (typeof given === "object" ? (given as Settings["texts"]) : undefined),
};

// Names are compared without case, dashes and underscores, so that data-z-index, z_index and zIndex are one.
const ALIASES: Record<string, Key | ""> = {
  languageoverride: "locale",
  alignment: "position",
  darkmode: "theme",
  actioncolor: "accent",
  customlauncherselector: "launcherSelector",
  hidedefaultlauncher: "hidesLauncher",
  hidemessagebubble: "hidesLauncher",
  // What other chats are told and we need not know.
  appid: "",
  apibase: "",
  websitetoken: "",
  baseurl: "",
};

const IDENTITIES: Record<string, Identity> = {
  userid: "user_id",
  identifier: "user_id",
  email: "email",
  name: "name",
  userhash: "user_hash",
  identifierhash: "user_hash",
  userjwt: "user_jwt",
  intercomuserjwt: "user_jwt",
};

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
export function applySettings(settings: Settings, given: Given): Settings {
  const applied = { ...settings, visitor: visitorBefore(settings.visitor, given) };
  applyEach(given, (name, value) => {
    const key = keyOf(name);
    if (key === undefined) return applyToVisitor(applied.visitor, name, value);
    const read = key === "" ? "" : READERS[key](value, String(value));
    if (key && read !== undefined) Object.assign(applied, { [key]: read });
    return read !== undefined;
  });
  return applied;
}

/** The settings of a visitor who is, or has, what was given. */
export function applyVisitor(settings: Settings, given: Given): Settings {
  const visitor = visitorBefore(settings.visitor, given);
  applyEach(given, (name, value) => applyToVisitor(visitor, name, value));
  return { ...settings, visitor };
}

/** What the data attributes of the script say: settings, who it is, and traits as `data-trait-plan`. */
export function fromAttributes(attributes: DOMStringMap): Given {
  const given: Given = {};
  for (const [name, value] of Object.entries(attributes)) {
    const trait = /^trait([A-Z])(.*)/.exec(name);
    if (trait) given[trait[1]!.toLowerCase() + trait[2]] = value;
    else if (keyOf(name) || own(IDENTITIES, plain(name))) given[name] = value;
  }
  return given;
}

function applyEach(given: Given, apply: (name: string, value: unknown) => boolean): void {
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== null && !apply(name, value)) warn(`${name} is ignored: ${value}`);
  }
}

/** Nothing of one person passes to the next. */
function visitorBefore(visitor: Visitor, given: Given): Visitor {
  for (const [name, value] of Object.entries(given)) {
    const isPerson = own(IDENTITIES, plain(name)) === "user_id" && value && visitor.user_id;
    if (isPerson && String(value) !== visitor.user_id) return { traits: {} };
  }
  return { ...visitor, traits: { ...visitor.traits } };
}

function keyOf(name: string): Key | "" | undefined {
  for (const key of Object.keys(READERS)) if (plain(key) === plain(name)) return key as Key;
  return own(ALIASES, plain(name));
}

function plain(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

/** What a table says of a name; nothing of "constructor". */
function own<T>(table: Record<string, T>, name: string): T | undefined {
  return Object.keys(table).includes(name) ? table[name] : undefined;
}

function applyToVisitor(visitor: Visitor, name: string, given: unknown): boolean {
  const identity = own(IDENTITIES, plain(name));
  return identity ? applyIdentity(visitor, identity, given) : applyTrait(visitor.traits, name, given);
}

function applyIdentity(visitor: Visitor, key: Identity, given: unknown): boolean {
  const isPlain = typeof given === "string" || typeof given === "number";
  if (isPlain && given !== "") visitor[key] = String(given);
  return isPlain;
}

function applyTrait(traits: Visitor["traits"], name: string, given: unknown): boolean {
  if (typeof given === "object" && !Array.isArray(given)) {
    for (const [key, inner] of Object.entries(given ?? {})) applyTrait(traits, name + "." + key, inner);
    return true;
  }
  const isPlain = /^(string|number|boolean)$/.test(typeof given);
  if (isPlain) traits[name] = given as string;
  return isPlain;
}

function oneOf(...choices: string[]): Reader {
  return (_, written) => (choices.includes(written) ? (written as Settings["theme"]) : undefined);
}

function within(most: number): Reader {
  return (_, written) => {
    const value = parseInt(written, 10);
    return value >= 0 && value <= most ? value : undefined;
  };
}

function colour(_: unknown, written: string): string | undefined {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(written)?.[1];
  return digits && "#" + (digits.length === 3 ? digits.replace(/./g, "$&$&") : digits);
}

function selector(_: unknown, written: string): string | undefined {
  try {
    document.createDocumentFragment().querySelector(written);
    return written;
  } catch {
    return undefined;
  }
}
