// Sites replace the browser's own functions: what we rely on is taken at load, and a fresh one where it was replaced.

/** Reads JSON; null when it is none. */
export function fromJson(text: string | null): unknown {
  try {
    return parse(text ?? "");
  } catch {
    return null;
  }
}

/** Writes JSON whatever a `toJSON` gives, which old libraries hang on every list. */
export function toJson(value: unknown): string {
  return stringify(value, function (this: Record<string, unknown>, key) {
    return this[key];
  });
}

export function filter<T>(list: Iterable<T>, keep: (one: T) => unknown): T[] {
  const kept: T[] = [];
  for (const one of list) if (keep(one)) kept.push(one);
  return kept;
}

export function find<T>(list: Iterable<T>, is: (one: T) => unknown): T | undefined {
  return filter(list, is)[0];
}

export function map<T, R>(list: Iterable<T>, make: (one: T) => R): R[] {
  const made: R[] = [];
  for (const one of list) made.push(make(one));
  return made;
}

export type Page = Window & typeof globalThis;

/** Gives the window whose function of this name is the browser's own: the page's, or a hidden empty one. */
export function unspoiled(name: "fetch" | "setTimeout", page: Page = window): Page {
  return /\[native code]/.test(Function.prototype.toString.call(page[name])) ? page : (spare(page) ?? page);
}

const { parse, stringify } = JSON;
let frame: HTMLIFrameElement | undefined;

// It stays in the page: the functions of a window that is gone do nothing. A site that empties its page gets a new one.
function spare({ document }: Page): Page | null {
  if (!frame?.isConnected) {
    frame = document.createElement("iframe");
    frame.hidden = true;
    document.documentElement.append(frame);
  }
  return frame.contentWindow as Page | null;
}
