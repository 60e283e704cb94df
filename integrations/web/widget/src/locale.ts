// The language of the interface, and its words.

import { attempt } from "./errors.ts";
import type { Say, Settings } from "./types.ts";
import { ENGLISH } from "./texts.ts";

/** What the page is written in, else what the browser prefers. */
export function pageLocale(page: Window): string {
  return attempt(canonical, page.document.documentElement.lang) ?? attempt(canonical, page.navigator.language) ?? "en";
}

/** The locale as BCP 47 writes it; what is none is an error. */
export function canonical(written: string): string | undefined {
  return Intl.getCanonicalLocales(written.replace(/_/g, "-"))[0];
}

/** Words from the settings, else from the server, else those that came with the script; "" where nobody has any. */
export function createSay(settings: () => Settings, served: () => Record<string, string> | undefined): Say {
  return (key, values = {}) => {
    const words = settings().texts[key] ?? served()?.[key] ?? ENGLISH[key] ?? "";
    return words.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  };
}
