// When a page becomes another one without loading: the History API, the back button, and addresses behind a "#".

import { contained, listen } from "./errors.ts";

/** Call `onMove` at each change of page. Gives what ends it and puts the History API back as it was. */
export function watchNavigation(page: Window, onMove: () => void): () => void {
  const { history } = page;
  let isOn = true;
  let path = pathOf(page.location);
  let { search } = page.location;
  const look = contained((name?: unknown) => {
    const hasMoved = path !== (path = pathOf(page.location));
    const hasSearched = search !== (search = page.location.search);
    // Filters and search fields replace the query while one types: that is the same page.
    if (isOn && (hasMoved || (hasSearched && name !== "replaceState"))) onMove();
  });
  const endings = [listen(page, "popstate", look), listen(page, "hashchange", look)];
  for (const name of ["pushState", "replaceState"] as const) {
    const before = history[name];
    const wrapped: typeof before = function (this: History, ...given) {
      before.apply(this, given);
      look(name);
    };
    history[name] = wrapped;
    endings.push(() => {
      if (history[name] === wrapped) history[name] = before; // else taking ours out would take theirs out, too
    });
  }
  return () => {
    isOn = false;
    for (const end of endings) end();
  };
}

/** The address of the page; what stands behind "#" only where it is a path of its own. */
export function addressOf({ origin, search, pathname, hash }: Location): string {
  return origin + pathname + search + pathLike(hash);
}

function pathOf({ pathname, hash }: Location): string {
  return pathname + pathLike(hash);
}

function pathLike(hash: string): string {
  return /^#!?\//.test(hash) ? hash : "";
}
