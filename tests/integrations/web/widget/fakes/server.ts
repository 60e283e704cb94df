// A server that keeps conversations in memory, and misbehaves when it is told to.

import type { Message } from "../../../../../integrations/web/widget/src/types.ts";

interface Talk {
  id: string;
  messages: Message[];
  accepted: Map<string, Message>;
  hasEnded: boolean;
}

interface Watcher {
  talk: Talk;
  sink: ReadableStreamDefaultController<Uint8Array>;
}

export interface Asked {
  method: string;
  path: string;
  token: string;
  after: string | null;
  body: Record<string, unknown>;
}

type Misbehaviour = (asked: Asked) => Response | "lost" | null;

const CREATED_AT = "2026-11-23T09:00:00Z";

export class FakeServer {
  readonly talks: Talk[] = [];
  readonly asked: Asked[] = [];
  readonly files = new Map<string, string>();
  config: Record<string, unknown> | null = {
    locale: "en",
    company: "Tourvane",
    texts: {},
    hours: { open: true },
  };
  /** Tokens that open nothing any more. */
  readonly expired = new Set<string>();
  greets = false;
  private watchers: Watcher[] = [];
  private misbehaviours: Misbehaviour[] = [];
  private tokens = 0;

  /** Do this instead, for one request that it applies to. */
  once(misbehave: Misbehaviour): void {
    this.misbehaviours.push(misbehave);
  }

  count(pattern: RegExp): number {
    return this.asked.filter(({ path }) => pattern.test(path)).length;
  }

  get said(): string[] {
    return this.talks.flatMap((talk) =>
      talk.messages
        .filter((one) => one.author === "visitor")
        .map((one) => one.text),
    );
  }

  get last(): Talk {
    const talk = this.talks[this.talks.length - 1];
    if (!talk) throw new Error("nobody has begun a conversation");
    return talk;
  }

  get latest(): Asked | undefined {
    return this.asked[this.asked.length - 1];
  }

  get streams(): number {
    return this.watchers.length;
  }

  async answer(url: string, request: RequestInit): Promise<Response> {
    const asked = await describe(url, request);
    this.asked.push(asked);
    for (const misbehave of this.misbehaviours) {
      const instead = misbehave(asked);
      if (instead === null) continue;
      this.misbehaviours.splice(this.misbehaviours.indexOf(misbehave), 1);
      if (instead !== "lost") return instead;
      await this.route(asked, request);
      throw new TypeError("Failed to fetch");
    }
    return this.route(asked, request);
  }

  say(
    author: Message["author"],
    text: string,
    more: Partial<Message> = {},
  ): Message {
    const message = this.append(this.last, author, text, more);
    return message;
  }

  emit(name: string, data: unknown, id = ""): void {
    this.write(
      `event: ${name}\n${id && `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`,
    );
  }

  write(text: string): void {
    for (const { sink } of this.watchers)
      sink.enqueue(new TextEncoder().encode(text));
  }

  /** All connections break. */
  cut(): void {
    for (const { sink } of this.watchers.splice(0))
      sink.error(new TypeError("network error"));
  }

  private async route(asked: Asked, request: RequestInit): Promise<Response> {
    const [, , , id = "", action = ""] =
      asked.path.split("?")[0]?.split("/") ?? [];
    if (asked.path.startsWith("/v1/widget"))
      return this.config ? json(200, this.config) : json(404, {});
    if (!id) return this.open(asked);
    const talk = this.talks.find((one) => one.id === id);
    if (!asked.token || this.expired.has(asked.token))
      return json(401, { detail: "This token has expired." });
    if (!talk) return json(404, { detail: "No such conversation." });
    if (action === "stream") return this.stream(talk, asked, request);
    if (action === "messages" && asked.method === "GET")
      return json(200, { messages: [] });
    return this.act(talk, action, asked);
  }

  private open(asked: Asked): Response {
    const token = `t-${++this.tokens}`;
    const known =
      asked.token && !this.expired.has(asked.token) ? this.last : undefined;
    if (known) return json(200, this.opened(known, token));
    const talk: Talk = {
      id: `c-${this.talks.length + 1}`,
      messages: [],
      accepted: new Map(),
      hasEnded: false,
    };
    this.talks.push(talk);
    if (asked.body.greeting_id)
      this.append(talk, "agent", "Questions on prices?");
    return json(201, this.opened(talk, token));
  }

  private opened(talk: Talk, token: string): Record<string, unknown> {
    const greeting =
      talk.messages.find((message) => message.author === "agent") ?? null;
    return {
      conversation_id: talk.id,
      visitor_token: token,
      disclosure: "",
      greeting,
      hours: { open: true },
    };
  }

  private act(talk: Talk, action: string, { body }: Asked): Response {
    if (action === "attachments") return this.keep(body);
    if (action === "end") talk.hasEnded = true;
    if (action !== "messages" && action !== "human")
      return new Response(null, { status: 204 });
    if (talk.hasEnded)
      return json(409, { detail: "This conversation has ended." });
    const key = String(body.client_message_id);
    const message =
      talk.accepted.get(key) ??
      this.append(talk, "visitor", String(body.text ?? "A person, please."));
    talk.accepted.set(key, message);
    return json(202, { message_id: message.message_id, seq: message.seq });
  }

  private keep({ file }: Record<string, unknown>): Response {
    const id = `f-${this.files.size + 1}`;
    this.files.set(id, String(file));
    return json(201, {
      attachment_id: id,
      name: "plan.pdf",
      media_type: "application/pdf",
      size: 3,
      url: `/${id}`,
    });
  }

  private append(
    talk: Talk,
    author: Message["author"],
    text: string,
    more: Partial<Message> = {},
  ): Message {
    const seq = talk.messages.length + 1;
    const message: Message = {
      ...{
        seq,
        message_id: `m-${talk.id}-${seq}`,
        author,
        author_name: "",
        text,
        created_at: CREATED_AT,
        ...more,
      },
    };
    talk.messages.push(message);
    for (const watcher of this.watchers)
      if (watcher.talk === talk) watcher.sink.enqueue(event(message));
    return message;
  }

  private stream(talk: Talk, asked: Asked, { signal }: RequestInit): Response {
    const after = Number(asked.after ?? 0);
    const body = new ReadableStream<Uint8Array>({
      start: (sink) => {
        const watcher = { talk, sink };
        this.watchers.push(watcher);
        for (const message of talk.messages)
          if (message.seq > after) sink.enqueue(event(message));
        signal?.addEventListener("abort", () => {
          if (!this.watchers.includes(watcher)) return;
          this.watchers = this.watchers.filter((one) => one !== watcher);
          sink.error(new DOMException("aborted", "AbortError"));
        });
      },
    });
    return new Response(body, {
      headers: { "Content-Type": "text/event-stream" },
    });
  }
}

export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
}

async function describe(url: string, request: RequestInit): Promise<Asked> {
  const headers = new Headers(request.headers);
  const { pathname, search, searchParams } = new URL(url);
  return {
    method: request.method ?? "GET",
    path: pathname + search,
    token: headers.get("Authorization")?.replace("Bearer ", "") ?? "",
    after: searchParams.get("after"),
    body: await content(request.body),
  };
}

async function content(
  body: RequestInit["body"],
): Promise<Record<string, unknown>> {
  if (typeof body === "string")
    return JSON.parse(body) as Record<string, unknown>;
  if (!(body instanceof FormData)) return {};
  const file = body.get("file");
  return { file: file instanceof Blob ? await file.text() : "" };
}

function event(message: Message): Uint8Array {
  return new TextEncoder().encode(
    `event: message\nid: ${message.seq}\ndata: ${JSON.stringify(message)}\n\n`,
  );
}
