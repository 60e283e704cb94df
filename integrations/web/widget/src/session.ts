// Whose conversation it is, and the token that opens it.

import { ask, isPassing } from "./http.ts";
import type { Answer } from "./http.ts";
import type { Opened, Settings, Store, Ticket } from "./types.ts";
import type { World } from "./world.ts";

export interface SessionDeps {
  world: World;
  store: Store;
  settings: () => Settings;
}

export interface Session {
  ticket(): Ticket | undefined;
  /** Note something of the conversation that is open. */
  note(changes: Partial<Ticket>): void;
  url(action: string): string;
  /** Do something in the conversation that is open. */
  act<T>(action: string, body?: unknown, patience?: number): Promise<Answer<T>>;
  /** The first words will answer this greeting. */
  greetWith(id: string): void;
  /** Begin a conversation. */
  begin(): Promise<Answer<Opened>>;
  /** Hold another conversation from now on. */
  take(opened: Opened): void;
  /** Renew a token that is older than a day, by a clock that may be wrong. */
  renew(): Promise<void>;
  /** Tells whether somebody else is here than the one whose things are kept; an unnamed visitor who says who they are is the same one. */
  isAnother(): boolean;
}

const A_DAY = 24 * 60 * 60 * 1000;

export function createSession({ world, store, settings }: SessionDeps): Session {
  let greeting_id: string | undefined;

  const ticket = (): Ticket | undefined => store.get("conversation");

  function note(changes: Partial<Ticket>): void {
    const kept = ticket();
    if (kept) store.set("conversation", { ...kept, ...changes });
  }

  function url(action: string): string {
    return `${settings().host}/v1/conversations/${ticket()?.id}/${action}`;
  }

  function take({ conversation_id: id, visitor_token: token }: Opened): void {
    greeting_id = undefined;
    store.set("conversation", { id, token, renewedAt: world.now(), seen: 0 });
  }

  /** What is told when somebody is identified wrongly goes to the site's developer; the visitor can write all the same. */
  async function open(token?: string): Promise<Answer<Opened>> {
    const { host, locale, visitor } = settings();
    const anonymous_id = store.get("anonymousId") ?? world.newId();
    store.set("anonymousId", anonymous_id);
    const post = (body: unknown): Promise<Answer<Opened>> => ask(world, `${host}/v1/conversations`, token, body);
    const whole = { visitor: { ...visitor, anonymous_id }, page: world.place(), locale: locale || undefined };
    const answer = await post({ ...whole, greeting_id });
    if (answer.isOk || isPassing(answer.status)) return answer;
    world.warn(answer.body?.detail ?? `the server answered ${answer.status}.`);
    return post({ visitor: { anonymous_id } });
  }

  return {
    ...{ ticket, note, url, take },
    act: (action, body, patience) => ask(world, url(action), ticket()?.token, body, patience),
    greetWith(id) {
      greeting_id = id;
    },
    async begin() {
      const answer = await open();
      if (answer.isOk) take(answer.body as Opened);
      return answer;
    },
    async renew() {
      const kept = ticket();
      if (!kept || kept.hasEnded || Math.abs(world.now() - kept.renewedAt) < A_DAY) return;
      const { isOk, body } = await open(kept.token);
      // Should the server have begun another one, as this has ended: its token opens this one, too.
      if (isOk && ticket()?.id === kept.id) note({ token: body?.visitor_token ?? kept.token, renewedAt: world.now() });
    },
    isAnother() {
      const now = settings().visitor.user_id;
      const before = store.get("person");
      if (now && now !== before) store.set("person", now);
      return Boolean(now && before && now !== before);
    },
  };
}
