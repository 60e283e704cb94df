// How the widget comes to life: once a page, from its own script tag, with the calls that were made before it was there.

import { createAudience } from "./audience.ts";
import { createCommands } from "./commands.ts";
import type { Run } from "./commands.ts";
import { createPlace } from "./element.ts";
import { contained, warn } from "./errors.ts";
import { createLife } from "./life.ts";
import { pageLocale } from "./locale.ts";
import { applySettings, defaultSettings, fromAttributes } from "./settings.ts";
import type { Given } from "./settings.ts";
import type { Settings } from "./types.ts";
import { createWidget } from "./widget.ts";
import type { Parts } from "./widget.ts";

const MARK = Symbol.for("hotline");

/** What a page knows of us, and we of it. */
interface Names {
  Hotline?: Run & { q?: ArrayLike<unknown>[] };
  hotlineSettings?: Given;
  [MARK]?: boolean;
}

type Page = Window & typeof globalThis;

/** Start on this page; a second copy of the script does nothing. */
export function start(page: Page, parts: Parts): void {
  const names = page as unknown as Names;
  const script = findScript(page.document);
  if (names[MARK]) return warn("the script is on this page twice; the first one runs.");
  names[MARK] = true;

  let run: Run | null = null;
  const early: ArrayLike<unknown>[] = [...(names.Hotline?.q ?? [])];
  names.Hotline = contained((...given) => (run ? run(...given) : void early.push(given)));
  const begin = contained(() => {
    const place = createPlace(page);
    const audience = createAudience(page);
    const create = (settings: Settings) => createWidget(page, place, parts, settings, audience.emit);
    const life = createLife(settingsOf(page, script, names.hotlineSettings ?? {}), create, audience.emit);
    run = createCommands(life, audience);
    if (script?.dataset.manual === undefined) contained(run)("boot");
    for (const call of early) contained(run)(call[0], call[1], call[2]);
  });
  if (page.document.body) begin();
  else page.document.addEventListener("DOMContentLoaded", begin, { once: true });
}

function findScript(document: Document): HTMLScriptElement | null {
  const own = document.currentScript as HTMLScriptElement | null;
  return own?.src ? own : document.querySelector("script[data-hotline]");
}

function settingsOf(page: Page, script: HTMLScriptElement | null, given: Given): Settings {
  const host = script?.src ? new URL(".", script.src).href.slice(0, -1) : "";
  const settings = defaultSettings(host, pageLocale(page));
  return applySettings(applySettings(settings, fromAttributes(script?.dataset ?? {})), given);
}
