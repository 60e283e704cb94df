// One request and its answer: a connection that fails, or hangs, is an answer too.

import { fromJson, toJson } from "./safe.ts";
import type { World } from "./world.ts";

export interface Answer<T> {
  /** 0 when nothing came back. */
  status: number;
  isOk?: boolean;
  body?: (Partial<T> & { detail?: string }) | null;
  /** Milliseconds that the server asks us to wait, or 0. */
  wait: number;
}

/** Asks the server; never throws. Without a body it is a GET; a request that takes longer than `patience` has failed. */
export async function ask<T>(
  world: World,
  url: string,
  token?: string,
  body?: unknown,
  patience = 30_000,
): Promise<Answer<T>> {
  const hanging = new AbortController();
  const stop = world.after(patience, () => hanging.abort());
  try {
    const response = await world.fetch(url, request(token, body, hanging.signal));
    const told = fromJson(await response.text()) as Answer<T>["body"];
    return { status: response.status, isOk: response.ok, body: told, wait: asked(response) };
  } catch {
    return { status: 0, wait: 0 };
  } finally {
    stop();
  }
}

/** No cookies go out, and nothing old comes back. */
export function request(token?: string, body?: unknown, signal: AbortSignal | null = null): RequestInit {
  const headers: Record<string, string> = {};
  const isForm = body instanceof FormData;
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  return {
    ...{ credentials: "omit", cache: "no-store", headers, signal },
    ...(body ? { method: "POST", body: isForm ? body : toJson(body) } : {}),
  };
}

/** Tells whether the same request may succeed later. */
export function isPassing(status: number): boolean {
  return /^(0|5|408|42[59])/.test(`${status}`);
}

/** Tells whether the server no longer lets this token into the conversation. */
export function isRefused(status: number | undefined): boolean {
  return /^4(0[134]|10)/.test(`${status}`);
}

/** The wait in `Retry-After`; a date in it is not used, as the visitor's clock may be wrong. */
export function asked(response: Response | null): number {
  return Number(response?.headers.get("Retry-After")) * 1000 || 0;
}

/** Waits twice as long after each failure, up to half a minute, and never as long as all the others. */
export function backOff(failures: number): number {
  return Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
}
