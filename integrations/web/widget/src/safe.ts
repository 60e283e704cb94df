// Sites replace the browser's own functions: what we rely on is taken at load, and a fresh one where it was replaced.

/** Reads JSON; null when it is none. */
export function fromJson(text: string | null): unknown {
  try {
    return parse(text ?? "");
  } catch {
    return null;
  }
}

/** Writes JSON without asking any `toJSON`, which old libraries hang on every list. */
export function toJson(value: unknown): string {
  if (Array.isArray(value)) return `[${joined(value, toJson)}]`;
  if (!value || typeof value !== "object") return stringify(value) ?? "null";
  const entries = filter(Object.entries(value), ([, one]) => one !== undefined);
  return `{${joined(entries, ([key, one]) => `${stringify(key)}:${toJson(one)}`)}}`;
}

export function filter<T>(list: readonly T[], keep: (one: T) => unknown): T[] {
  const kept: T[] = [];
  for (const one of list) if (keep(one)) kept.push(one);
  return kept;
}

export function find<T>(list: readonly T[], is: (one: T) => unknown): T | undefined {
  for (const one of list) if (is(one)) return one;
  return undefined;
}

export function map<T, R>(list: readonly T[], make: (one: T) => R): R[] {
  const made: R[] = [];
  for (const one of list) made.push(make(one));
  return made;
}

export type Page = Window & typeof globalThis;

/** Gives the window whose function of this name is the browser's own: the page's, or a hidden empty one. */
export function unspoiled(name: "fetch" | "setTimeout", page: Page = window): Page {
  return isNative(page[name]) ? page : (spare(page) ?? page);
}

const { parse, stringify } = JSON;
const spares = new WeakMap<Page, HTMLIFrameElement>();

function joined<T>(list: readonly T[], write: (one: T) => string): string {
  let text = "";
  for (const one of list) text += (text && ",") + write(one);
  return text;
}

function isNative(it: unknown): boolean {
  return /\[native code\]/.test(Function.prototype.toString.call(it));
}

// It stays in the page: the functions of a window that is gone do nothing. A site that empties its page gets a new one.
function spare(page: Page): Page | null {
  let frame = spares.get(page);
  if (!frame?.isConnected) {
    frame = page.document.createElement("iframe");
    frame.hidden = true;
    frame.title = "";
    frame.setAttribute("aria-hidden", "true");
    page.document.documentElement.append(frame);
    spares.set(page, frame);
  }
  return frame.contentWindow as Page | null;
}
