// One conversation as it happens: a stream that comes back by itself, from where it was.

import { asked, backOff, isRefused, request } from "./http.ts";
import { fromJson } from "./safe.ts";
import { createParser } from "./sse.ts";
import type { World } from "./world.ts";

export interface Target {
  url: string;
  token: string | undefined;
}

export interface Stream {
  /** Follow what there is to follow, from now on. */
  start(): void;
  stop(): void;
  /** Something happened that may have cut the line: look at once. */
  check(isSure: boolean): void;
}

// The server says something every 15 s.
const SILENCE = 45_000;
const SUSPICIOUS = 20_000;

/** The name of the event that tells whether the line is there. */
const LINE = "";

/** `target` gives what to follow now; `onRefused` hears of a token that is of no use any more. */
export function createStream(
  world: World,
  target: () => Target,
  onEvent: (name: string, data: unknown) => void,
  onRefused: (token: string | undefined) => void,
): Stream {
  let connection: AbortController | null = null;
  let failures = 0;
  let heardAt = 0;
  let stopTimer = (): void => {};

  function start(): void {
    failures = 0;
    run();
  }

  function stop(): void {
    stopTimer();
    connection?.abort();
    connection = null;
  }

  async function run(): Promise<void> {
    stop();
    const { url, token } = target();
    const ours = (connection = new AbortController());
    hear();
    const response = await world.fetch(url, request(token, null, ours.signal)).catch(() => null);
    if (response?.ok) await read(ours, response).catch(() => {});
    if (ours !== connection) return;
    stopTimer();
    onEvent(LINE, false);
    if (isRefused(response?.status)) onRefused(token);
    else stopTimer = world.after(Math.max(asked(response), backOff(failures++)), run);
  }

  async function read(ours: AbortController, { body }: Response): Promise<void> {
    if (!body) return;
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = createParser();
    onEvent(LINE, true);
    for (;;) {
      const { done, value } = await reader.read();
      if (done || ours !== connection) return;
      hear();
      failures = 0;
      for (const { name, data } of parse(value)) onEvent(name, fromJson(data));
    }
  }

  function hear(): void {
    heardAt = world.now();
    stopTimer();
    stopTimer = world.after(SILENCE, () => {
      onEvent(LINE, false);
      start();
    });
  }

  return {
    start,
    stop,
    check(isSure) {
      // A clock that was set meanwhile costs one connection, no more.
      if (connection && (isSure || Math.abs(world.now() - heardAt) > SUSPICIOUS)) start();
    },
  };
}
