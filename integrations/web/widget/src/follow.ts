// One conversation as it happens: a stream that comes back by itself, from where it was.

import { backOff, bearer, isRefused, OWN, secondsToWait } from "./http.ts";
import { fromJson } from "./safe.ts";
import { createParser } from "./sse.ts";
import type { World } from "./world.ts";

export interface Target {
  url: string;
  token: string;
  /** The seq after which to go on. */
  after: number;
}

export interface StreamEvents {
  /** What to follow now. */
  target(): Target | undefined;
  onEvent(name: string, data: unknown): void;
  onState(isLive: boolean): void;
  /** The token is of no use any more. */
  onRefused(token: string): void;
}

// The server says something every 15 s.
const SILENCE = 45_000;
const SUSPICIOUS = 20_000;

export class Stream {
  private readonly world: World;
  private readonly events: StreamEvents;
  private connection: AbortController | null = null;
  private failures = 0;
  private heardAt = 0;
  private stopWaiting = (): void => {};
  private stopWatchdog = (): void => {};

  constructor(world: World, events: StreamEvents) {
    this.world = world;
    this.events = events;
  }

  /** Follow what there is to follow, from now on. */
  start(): void {
    this.stop();
    this.failures = 0;
    this.run();
  }

  stop(): void {
    this.stopWaiting();
    this.stopWatchdog();
    this.connection?.abort();
    this.connection = null;
  }

  /** Something happened that may have cut the line: look at once. */
  check(isSure: boolean): void {
    if (!this.connection) return;
    // A clock that was set meanwhile costs one connection, no more.
    if (isSure || Math.abs(this.world.now() - this.heardAt) > SUSPICIOUS) this.start();
  }

  private async run(): Promise<void> {
    const target = this.events.target();
    if (!target) return;
    const connection = (this.connection = new AbortController());
    this.hear();
    const wait = await this.connect(target, connection).catch(() => 0);
    if (connection !== this.connection) return;
    this.stopWatchdog();
    if (wait < 0) {
      this.stop();
      return this.events.onRefused(target.token);
    }
    this.events.onState(false);
    const again = Math.max(wait * 1000, backOff(this.world, this.failures++));
    this.stopWaiting = this.world.after(again, () => this.run());
  }

  /** Gives, when the line has ended, the seconds to wait as the server asked; -1 when it refuses us. */
  private async connect({ url, token, after }: Target, connection: AbortController): Promise<number> {
    const headers = { ...bearer(token), Accept: "text/event-stream", "Last-Event-ID": `${after}` };
    const { signal } = connection;
    const response = await this.world.fetch(url, { ...OWN, headers, signal });
    if (isRefused(response.status)) return -1;
    if (!response.ok || !response.body) return secondsToWait(response);
    if (connection === this.connection) this.events.onState(true);
    await this.read(response.body.getReader(), connection);
    return 0;
  }

  private async read(reader: ReadableStreamDefaultReader<Uint8Array>, connection: AbortController): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || connection !== this.connection) return;
      this.hear();
      this.failures = 0;
      for (const { name, data } of parser(decoder.decode(value, { stream: true }))) {
        this.events.onEvent(name, fromJson(data));
      }
    }
  }

  private hear(): void {
    this.heardAt = this.world.now();
    this.stopWatchdog();
    this.stopWatchdog = this.world.after(SILENCE, () => this.silent());
  }

  private silent(): void {
    this.events.onState(false);
    this.start();
  }
}
