// What the server says about the chat before anything is said in it: asked when the panel opens, kept for the next page.

import { ask } from "./http.ts";
import type { SessionDeps } from "./session.ts";
import type { Config } from "./types.ts";

export interface Configuration {
  /** As it was said last, in this visitor's language. */
  value(): Config | null;
  fetch(): Promise<void>;
  /** Ask again what was asked in vain. */
  retry(): void;
}

export function createConfiguration({ world, store, settings }: SessionDeps, onChange: () => void): Configuration {
  let isDue = false;

  async function fetch(): Promise<void> {
    const { host, locale } = settings();
    const { url, title } = world.place();
    isDue = true;
    const query = new URLSearchParams({ locale, url, title });
    const { body, isOk, status } = await ask<Config>(world, `${host}/v1/widget?${query}`);
    if (isOk) store.set("config", { locale, ...body } as Config);
    isDue = !status;
    onChange();
  }

  return {
    value() {
      const kept = store.get("config");
      return kept && language(kept.locale) === language(settings().locale) ? { ...UNSAID, ...kept } : null;
    },
    fetch,
    retry() {
      if (isDue) fetch();
    },
  };
}

const UNSAID: Config = {
  ...{ locale: "", company: "", disclosure: "", hours: { open: true, next_open_at: null }, expectation: "", reps: [] },
  ...{ texts: {}, suggestions: [], files: null, accent: null, booking_url: "" },
};

function language(locale: string): string {
  return locale.slice(0, 2).toLowerCase();
}
