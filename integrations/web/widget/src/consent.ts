// What may be told and kept: the site's consent, the browser's signals, the visitor's acts.

import type { Settings, Store } from "./types.ts";

/** Whether page views and events may be told. Where the site demands no consent they may. */
export function mayTell(page: Window, store: Store, { consent }: Settings): boolean {
  return !refusesTracking(page.navigator) && (consent === "" || hasConsent(store, consent));
}

/** Whether things may be kept before the visitor has done anything. */
export function mayKeep(page: Window, store: Store, { consent }: Settings): boolean {
  return !refusesTracking(page.navigator) && hasConsent(store, consent);
}

/** The browser says: do not track. It wins over every setting. */
export function refusesTracking(navigator: Navigator & { globalPrivacyControl?: boolean }): boolean {
  return navigator.doNotTrack === "1" || !!navigator.globalPrivacyControl;
}

/** Have a store keep nothing while the site's consent is still required. */
export function hesitate(store: Store, settings: () => Settings): void {
  const { allow } = store;
  store.allow = () => {
    if (settings().consent !== "required" || store.get("consent")) allow.call(store);
  };
}

function hasConsent(store: Store, consent: Settings["consent"]): boolean {
  return consent === "granted" || !!store.get("consent");
}
