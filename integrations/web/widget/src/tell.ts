// Brings events to the server, also while the page is being left.

import type { Properties, Told } from "./engagement.ts";

const MOST_KEPT_ALIVE = 20_000; // characters: browsers refuse more than 64 KiB in all

/** As text, so that the browser asks no permission first; the answer may carry a greeting. Never rejects. */
export function createTell(
  fetch: (url: string, request: RequestInit) => Promise<Response>,
  toJson: (value: unknown) => string,
) {
  return async (host: string, report: Properties): Promise<Told> => {
    const body = toJson(report);
    const keepalive = body.length < MOST_KEPT_ALIVE;
    try {
      const response = await fetch(host + "/v1/widget/events", {
        method: "POST",
        body,
        keepalive,
        credentials: "omit",
      });
      return { ...(await response.json().catch(() => null)), status: response.status };
    } catch {
      return { status: 0 };
    }
  };
}
