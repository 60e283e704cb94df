// One conversation as it happens: a stream that comes back by itself, from where it was.

import { asked, backOff, isRefused, request } from "./http.ts";
import { fromJson } from "./safe.ts";
import { createParser } from "./sse.ts";
import type { World } from "./world.ts";

export interface StreamEvents {
  /** What to follow now, and the seq after which to go on. */
  target(): { url: string; token: string; after: number };
  onEvent(name: string, data: unknown): void;
  onState(isLive: boolean): void;
  /** The token is of no use any more. */
  onRefused(token: string): void;
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

export function createStream(world: World, { target, onEvent, onState, onRefused }: StreamEvents): Stream {
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
    const { url, token, after } = target();
    const ours = (connection = new AbortController());
    const wait = await connect(ours, url, token, after).catch(() => 0);
    if (ours !== connection) return;
    stopTimer();
    onState(false);
    if (wait < 0) {
      stop();
      onRefused(token);
    } else stopTimer = world.after(Math.max(wait, backOff(world, failures++)), run);
  }

  /** Gives, when the line has ended, how long to wait as the server asked; -1 when it refuses us. */
  async function connect(ours: AbortController, url: string, token: string, after: number): Promise<number> {
    const asks = request(ours, token);
    hear();
    const headers = { ...asks.headers, Accept: "text/event-stream", "Last-Event-ID": `${after}` };
    const response = await world.fetch(url, { ...asks, headers });
    if (isRefused(response.status)) return -1;
    if (!response.ok || !response.body || ours !== connection) return asked(response);
    onState(true);
    await read(ours, response.body.pipeThrough(new TextDecoderStream()).getReader());
    return 0;
  }

  async function read(ours: AbortController, reader: ReadableStreamDefaultReader<string>): Promise<void> {
    const parse = createParser();
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
      onState(false);
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
