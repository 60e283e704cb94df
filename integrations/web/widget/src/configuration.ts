// What the server says about the chat before anything is said in it: asked when the panel opens, kept for the next page.

import { ask } from "./http.ts";
import type { SessionDeps } from "./session.ts";
import type { Config } from "./types.ts";

const LASTS = 600_000;

export class Configuration {
  private readonly deps: SessionDeps;
  private readonly onChange: () => void;
  private askedAt: number | null = null;
  private isWanted = false;

  constructor(deps: SessionDeps, onChange: () => void) {
    this.deps = deps;
    this.onChange = onChange;
  }

  /** As it was said last, in this visitor's language. */
  get value(): Config | null {
    const kept = this.deps.store.get("config");
    return kept && this.isWanted && language(kept.locale) === language(this.locale) ? kept : null;
  }

  /** Ask, unless it was asked a little while ago. */
  async fetch(): Promise<void> {
    const { world, store } = this.deps;
    this.isWanted = true;
    if (this.askedAt !== null && Math.abs(world.now() - this.askedAt) < LASTS) return;
    this.askedAt = world.now();
    const answer = await ask<Config>(world, this.url(), { method: "GET" });
    if (answer.isOk) store.set("config", { ...UNSAID, locale: this.locale, ...answer.body });
    else if (answer.status !== 404) this.askedAt = null;
    this.onChange();
  }

  /** Ask again what was asked in vain. */
  retry(): void {
    if (this.isWanted && this.askedAt === null) this.fetch();
  }

  private get locale(): string {
    return this.deps.settings().locale;
  }

  private url(): string {
    const { url, title } = this.deps.world.place();
    const query = new URLSearchParams({ locale: this.locale, url: url.slice(0, 2000), title: title.slice(0, 300) });
    return `${this.deps.settings().host}/v1/widget?${query}`;
  }
}

const UNSAID: Config = {
  ...{ locale: "", company: "", disclosure: "", hours: { open: true, next_open_at: null }, expectation: "", reps: [] },
  ...{ texts: {}, suggestions: [], files: null, accent: null, booking_url: "" },
};

function language(locale: string): string {
  return locale.slice(0, 2).toLowerCase();
}
