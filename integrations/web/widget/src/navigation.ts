// When a page becomes another one without loading: the History API, the back button, and addresses behind a "#".

import { contained, listen } from "./errors.ts";

/** Call `onMove` at each change of page. Gives what ends it and puts the History API back as it was. */
export function watchNavigation(page: Window, onMove: () => void): (() => void)[] {
  let path = pathOf(page.location);
  let { search } = page.location;
  const look = contained((isReplaced: boolean) => {
    const before = path;
    const searched = search;
    path = pathOf(page.location);
    search = page.location.search;
    // Filters and search fields replace the query while one types: that is the same page.
    if (path !== before || (!isReplaced && search !== searched)) onMove();
  });
  return [
    listen(page, "popstate", () => look(false)),
    listen(page, "hashchange", () => look(false)),
    wrap(page.history, "pushState", () => look(false)),
    wrap(page.history, "replaceState", () => look(true)),
  ];
}

/** The address of the page; what stands behind "#" only where it is a path of its own. */
export function addressOf(location: Location): string {
  return location.origin + location.pathname + location.search + pathLike(location.hash);
}

function pathOf({ pathname, hash }: Location): string {
  return pathname + pathLike(hash);
}

function pathLike(hash: string): string {
  return /^#!?\//.test(hash) ? hash : "";
}

/** Be called after a method of the history; others may have wrapped it before, and may again. */
function wrap(history: History, name: "pushState" | "replaceState", after: () => void): () => void {
  const before = history[name];
  let isOn = true;
  const wrapped: typeof before = function (this: History, ...given) {
    before.apply(this, given);
    if (isOn) after();
  };
  history[name] = wrapped;
  return () => {
    isOn = false;
    if (history[name] === wrapped) history[name] = before; // else taking ours out would take theirs out, too
  };
}
