// What the server says about the chat before anything is said in it: asked when the panel opens, kept for the next page.

import { ask } from "./http.ts";
import { toJson } from "./safe.ts";
import type { SessionDeps } from "./session.ts";
import type { Config } from "./types.ts";

export class Configuration {
  private readonly deps: SessionDeps;
  private readonly onChange: () => void;
  private isWanted = false;
  private isDue = false;
  /** The same object as long as it says the same: the view is built anew for another one. */
  private said: Config | null = null;

  constructor(deps: SessionDeps, onChange: () => void) {
    this.deps = deps;
    this.onChange = onChange;
  }

  /** As it was said last, in this visitor's language. */
  get value(): Config | null {
    const { store, settings } = this.deps;
    const kept = this.isWanted && store.get("config");
    if (!kept || language(kept.locale) !== language(settings().locale)) return null;
    const config = { ...UNSAID, ...kept };
    if (toJson(config) !== toJson(this.said)) this.said = config;
    return this.said;
  }

  async fetch(): Promise<void> {
    const { world, store, settings } = this.deps;
    const { host, locale } = settings();
    const { url, title } = world.place();
    this.isWanted = this.isDue = true;
    const answer = await ask<Config>(world, `${host}/v1/widget?${new URLSearchParams({ locale, url, title })}`, {});
    if (answer.isOk) store.set("config", { ...UNSAID, locale, ...answer.body });
    this.isDue = !answer.status;
    this.onChange();
  }

  /** Ask again what was asked in vain. */
  retry(): void {
    if (this.isDue) this.fetch();
  }
}

const UNSAID: Config = {
  ...{ locale: "", company: "", disclosure: "", hours: { open: true, next_open_at: null }, expectation: "", reps: [] },
  ...{ texts: {}, suggestions: [], files: null, accent: null, booking_url: "" },
};

function language(locale: string): string {
  return locale.slice(0, 2).toLowerCase();
}
