// Brings events to the server, also while the page is being left.

import type { Properties, Told } from "./engagement.ts";

const MOST_KEPT_ALIVE = 20_000; // characters: browsers refuse more than 64 KiB in all

/** As text, so that the browser asks no permission first; the answer may carry a greeting. Never rejects. */
export function createTell(fetch: typeof window.fetch, stringify: (value: unknown) => string) {
  return async (host: string, report: Properties, isLeaving: boolean): Promise<Told> => {
    const address = host + "/v1/widget/events";
    const body = stringify(report);
    try {
      if (isLeaving && !("keepalive" in Request.prototype))
        return { status: navigator.sendBeacon(address, body) ? 202 : 0 };
      const keepalive = body.length < MOST_KEPT_ALIVE;
      const response = await fetch(address, { method: "POST", body, keepalive, credentials: "omit" });
      return { ...(await response.json().catch(() => null)), status: response.status };
    } catch {
      return { status: 0 };
    }
  };
}
