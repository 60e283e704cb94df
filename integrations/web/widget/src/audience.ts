// Who on the page wants to hear of the widget: callbacks given by command, and listeners of the window.

import { callOut, warn } from "./errors.ts";
import type { Emit, News } from "./news.ts";

type Callback = (value: unknown) => void;

export interface Audience {
  emit: Emit;
  /** Tells whether this can be called; it is from now on. */
  add(kind: keyof News, callback: unknown): callback is Callback;
}

export function createAudience(page: Window): Audience {
  const callbacks: Partial<Record<keyof News, Callback[]>> = {};
  return {
    emit(kind, detail, called) {
      for (const callback of callbacks[kind] ?? []) callOut(callback, called);
      page.dispatchEvent(new CustomEvent("hotline:" + kind, { detail }));
    },
    add(kind, callback): callback is Callback {
      if (typeof callback === "function") (callbacks[kind] ??= []).push(callback as Callback);
      else warn("this command needs a function.");
      return typeof callback === "function";
    },
  };
}
