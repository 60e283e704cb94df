// The tabs of one site: one of them holds the line to the server, and tells the others what comes.

import type { Line, World } from "./world.ts";

/** What came of a conversation (without a name: whether the line is there), or what became of words on their way. */
export interface News {
  id?: string;
  name?: string;
  data?: unknown;
  key?: string;
  messageId?: string;
}

export interface Tabs {
  /** Take part: a tab that is looked at leads from now on, one that is not waits. Tells whether it was leading before. */
  join(): boolean;
  /** Leave the line to the others. */
  leave(): void;
  tell(news: News): void;
  /** Do something while no other tab does; a tab that holds this up for long, as one asleep may, is passed. */
  alone(act: () => Promise<void>): Promise<void>;
}

const PATIENCE = 15_000;

export function createTabs(
  world: World,
  name: string,
  onLead: () => void,
  onFollow: () => void,
  onNews: (news: News) => void,
): Tabs {
  const { locks } = world;
  let line: Line | null = null;
  let isLeading = false;
  let canShare = Boolean(locks);
  let turn: AbortController | null = null;

  function join(): boolean {
    const isVisible = world.isVisible();
    line ??= listen();
    if (!line) canShare = false;
    if (!canShare && !isVisible) follow();
    if (isLeading) return true;
    if (canShare) hold(isVisible);
    else if (isVisible) lead();
    return false;
  }

  function listen(): Line | null {
    const opened = world.line(name);
    if (opened) opened.onmessage = ({ data }) => onNews(data as News);
    return opened;
  }

  /** Wait for the lead, or take it from whoever has it. */
  function hold(isAtOnce: boolean): void {
    release();
    const ours = (turn = new AbortController());
    let wasOurs = false;
    const held = async (): Promise<void> => {
      wasOurs = true;
      if (ours === turn)
        await new Promise((done) => {
          ours.signal.onabort = done;
          lead();
        });
    };
    const ended = (): void => {
      if (ours !== turn) return;
      follow();
      if (wasOurs) return hold(false);
      // Some frames may not lock at all.
      canShare = false;
      join();
    };
    locks?.request(name, isAtOnce ? { steal: true } : { signal: ours.signal }, held).then(ended, ended);
  }

  function release(): void {
    const ours = turn;
    turn = null;
    ours?.abort();
  }

  function lead(): void {
    isLeading = true;
    onLead();
  }

  function follow(): void {
    if (isLeading) onFollow();
    isLeading = false;
  }

  return {
    join,
    leave() {
      release();
      follow();
      line?.close();
      line = null;
    },
    tell: (news) => line?.postMessage(news),
    async alone(act) {
      const waiting = new AbortController();
      const stop = world.after(PATIENCE, () => waiting.abort());
      let begun: Promise<void> | undefined;
      const begin = (): Promise<void> => {
        stop();
        return (begun ??= act());
      };
      await locks?.request(`${name}:outbox`, { signal: waiting.signal }, begin).catch(() => {});
      await begin();
    },
  };
}
