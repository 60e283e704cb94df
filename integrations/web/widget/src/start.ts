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

/** What a page knows of us, and we of it. */
interface Names {
  Hotline?: Run & { q?: Iterable<Iterable<unknown>> };
  hotlineSettings?: Given;
  [MARK]?: boolean;
}

type Page = Window & typeof globalThis;

/** Start on this page; a second copy of the script does nothing. */
export function start(page: Page, parts: Parts): void {
  const { document } = page;
  const names = page as unknown as Names;
  const own = document.currentScript as HTMLScriptElement | null;
  const script = own?.src ? own : document.querySelector<HTMLScriptElement>("script[data-hotline]");
  if (names[MARK]) return warn("the script is here twice.");
  names[MARK] = true;

  const early = [...(names.Hotline?.q ?? [])];
  let run: Run = (...given) => void early.push(given);
  const hotline = contained((...given) => run(...given));
  names.Hotline = hotline;
  const begin = contained(() => {
    const place = createPlace(page);
    run = createCommands(page, settingsOf(page, script, names.hotlineSettings), (...given) =>
      createWidget(page, place, parts, ...given),
    );
    if (script?.dataset.manual === undefined) hotline("boot");
    for (const call of early) hotline(...call);
  });
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
}

function settingsOf(page: Page, script: HTMLScriptElement | null, given: Given = {}): Settings {
  const host = script?.src ? new URL(".", script.src).href.slice(0, -1) : "";
  const settings = defaultSettings(host, pageLocale(page));
  return applySettings(applySettings(settings, fromAttributes(script?.dataset ?? {})), given);
}
