// Whether there is a widget on the page, and with which settings: from boot to shutdown, and again.

import { warn } from "./errors.ts";
import type { Emit } from "./news.ts";
import { applySettings, applyVisitor } from "./settings.ts";
import type { Given } from "./settings.ts";
import type { Settings } from "./types.ts";
import type { Widget } from "./widget.ts";

export interface Life {
  readonly widget: Widget | null;
  boot(given: Given): void;
  update(given: Given): void;
  identify(given: Given): void;
  consent(isGiven: boolean): void;
  shutdown(): void;
  /** Do something with the widget; without one the console says what is missing. */
  use<R>(act: (widget: Widget) => R): R | undefined;
}

/** Begin without a widget; `first`: what the page says by itself, before any command. */
export function createLife(first: Settings, create: (settings: Settings) => Widget, emit: Emit): Life {
  let settings = first;
  let widget: Widget | null = null;

  function use<R>(act: (widget: Widget) => R): R | undefined {
    if (widget) return act(widget);
    warn("call boot first.");
    return undefined;
  }

  function update(given: Given): void {
    use((it) => it.change(applySettings(it.settings, given)));
  }

  return {
    use,
    update,
    get widget() {
      return widget;
    },
    boot(given) {
      if (widget) return update(given);
      widget = create(applySettings(settings, given));
      emit("ready", { visitorId: widget.visitorId() });
    },
    identify: (given) => use((it) => it.change(applyVisitor(it.settings, given))),
    consent: (isGiven) =>
      use((it) => {
        if (isGiven) return it.allow();
        it.stop();
        settings = { ...settings, consent: "required" };
        widget = create({ ...it.settings, consent: "required" });
      }),
    /** Whoever comes next is another person. */
    shutdown() {
      widget?.stop();
      widget = null;
      settings = { ...settings, visitor: { traits: {} } };
    },
  };
}
