// One request and its answer: a connection that fails, or hangs, is an answer too.

import { fromJson, toJson } from "./safe.ts";
import type { World } from "./world.ts";

export interface Ask {
  token?: string | undefined;
  /** Without one it is a GET. */
  body?: unknown;
  /** Milliseconds until a request that hangs counts as failed. */
  patience?: number;
}

export interface Answer<T> {
  /** 0 when nothing came back. */
  status: number;
  isOk: boolean;
  body: (Partial<T> & { detail?: string }) | null;
  /** Seconds that the server asks us to wait, or 0. */
  retryAfter: number;
}

const PATIENCE = 30_000;
/** No cookies go out, and nothing old comes back. */
export const OWN: RequestInit = { credentials: "omit", cache: "no-store" };
export const NOTHING: Answer<never> = { status: 0, isOk: false, body: null, retryAfter: 0 };

/** Asks the server; never throws. */
export async function ask<T>(world: World, url: string, request: Ask): Promise<Answer<T>> {
  const hanging = new AbortController();
  const stop = world.after(request.patience ?? PATIENCE, () => hanging.abort());
  try {
    const response = await world.fetch(url, { ...written(request), signal: hanging.signal });
    const body = fromJson(await response.text()) as Answer<T>["body"];
    return { status: response.status, isOk: response.ok, body, retryAfter: secondsToWait(response) };
  } catch {
    return NOTHING;
  } finally {
    stop();
  }
}

/** Tells whether the same request may succeed later. */
export function isPassing({ status }: Answer<unknown>): boolean {
  return !status || status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Tells whether the server no longer lets this token into the conversation. */
export function isRefused(status: number): boolean {
  return status === 401 || status === 403 || status === 404 || status === 410;
}

/** The seconds in `Retry-After`; a date in it is not used, as the visitor's clock may be wrong. */
export function secondsToWait(response: Response): number {
  return Number(response.headers.get("Retry-After")) || 0;
}

/** Waits twice as long after each failure, up to half a minute, and never as long as all the others. */
export function backOff(world: World, failures: number): number {
  return Math.min(30_000, 500 * 2 ** failures) * (0.5 + world.random() / 2);
}

/** The headers that open a conversation. */
export function bearer(token: string | undefined): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

function written({ token, body }: Ask): RequestInit {
  const usual = { ...OWN, headers: bearer(token) };
  if (!body) return usual;
  if (body instanceof FormData) return { ...usual, method: "POST", body };
  const headers = { ...usual.headers, "Content-Type": "application/json" };
  return { ...usual, headers, method: "POST", body: toJson(body) };
}
