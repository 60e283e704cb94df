// How the widget comes to life: once a page, from its own script tag, with the calls that were made before it was there.

import { createCommands } from "./commands.ts";
import type { Run } from "./commands.ts";
import { createPlace } from "./element.ts";
import { contained, warn } from "./errors.ts";
import { pageLocale } from "./locale.ts";
import { applySettings, defaultSettings, fromAttributes } from "./settings.ts";
import type { Given } from "./settings.ts";
import type { Settings } from "./types.ts";
import { createWidget } from "./widget.ts";
import type { Parts } from "./widget.ts";

const MARK = Symbol.for("hotline");

type Page = Window &
  typeof globalThis & { Hotline?: Run & { q?: ArrayLike<unknown>[] }; hotlineSettings?: Given; [MARK]?: boolean };

/** Start on this page; a second copy of the script does nothing. */
export function start(page: Page, parts: Parts): void {
  const script = findScript(page.document);
  if (page[MARK]) return warn("the script is on this page twice; the first one runs.");
  page[MARK] = true;

  let run: Run | null = null;
  const early: ArrayLike<unknown>[] = [...(page.Hotline?.q ?? [])];
  const hotline: Run = (...given) => (run ? run(...given) : void early.push(given));
  page.Hotline = contained(hotline);
  whenThereIsABody(
    page.document,
    contained(() => {
      const place = createPlace(page);
      run = createCommands({
        page,
        settings: settingsOf(page, script),
        create: (settings, emit) => createWidget(page, place, parts, settings, emit),
      });
      if (script?.dataset.manual === undefined) run("boot");
      for (const call of early) contained(run)(call[0], call[1], call[2]);
    }),
  );
}

function findScript(document: Document): HTMLScriptElement | null {
  const own = document.currentScript as HTMLScriptElement | null;
  return own?.src ? own : document.querySelector("script[data-hotline]");
}

function settingsOf(page: Page, script: HTMLScriptElement | null): Settings {
  const host = script?.src ? new URL(".", script.src).href.slice(0, -1) : "";
  const settings = defaultSettings(host, pageLocale(page));
  return applySettings(applySettings(settings, fromAttributes(script?.dataset ?? {})), page.hotlineSettings ?? {});
}

function whenThereIsABody(document: Document, act: () => void): void {
  if (document.body) act();
  else document.addEventListener("DOMContentLoaded", act, { once: true });
}
