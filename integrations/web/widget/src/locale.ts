// The language of the interface, and its words.

import type { Say, Settings } from "./types.ts";
import { ENGLISH, LAUNCHER } from "./texts.ts";

/** What the page is written in, else what the browser prefers. */
export function pageLocale(page: Window): string {
  return canonical(page.document.documentElement.lang) || canonical(page.navigator.language) || "en";
}

/** The locale as BCP 47 writes it; "" for what is none. */
export function canonical(written: string): string {
  try {
    return Intl.getCanonicalLocales(written.trim().replace(/_/g, "-"))[0] ?? "";
  } catch {
    return "";
  }
}

/** Words from the settings, else from the server, else those that came with the script. */
export function createSay(settings: () => Settings, served: () => Record<string, string> | undefined): Say {
  return (key, values = {}) => {
    const { texts, locale } = settings();
    const words = texts[key] ?? served()?.[key] ?? built(key, locale);
    return words.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  };
}

function built(key: string, locale: string): string {
  const launcher = key === "launcher" && LAUNCHER[locale.slice(0, 2)];
  return launcher || (ENGLISH[key] ?? key);
}
