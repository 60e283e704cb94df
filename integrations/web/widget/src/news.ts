// What the page may want to know: that the widget is there, open or closed, and what happens in the chat.

import type { Chat, ChatState, Item, Store } from "./types.ts";

export interface News {
  ready: { visitorId: string };
  show: Record<never, never>;
  hide: Record<never, never>;
  unread: { count: number };
  message: { id: string; author: string; name: string; text: string };
  conversation: { id: string | null };
  email: { email: string };
}

/** `called`: what callbacks are given, the one thing it is about. */
export type Emit = <K extends keyof News>(kind: K, detail: News[K], called?: unknown) => void;

/** Report what changes in a chat from now on. Gives what ends it. */
export function watchChat(chat: Chat, store: Store, emit: Emit): () => void {
  let { unread } = chat.state;
  let conversation = store.get("conversation")?.id ?? null;
  const newcomers = findNewcomers(chat.state);

  reportAddresses(chat, emit);
  return chat.subscribe((state) => {
    const id = store.get("conversation")?.id ?? null;
    if (id !== conversation) emit("conversation", { id: (conversation = id) });
    if (state.unread !== unread) emit("unread", { count: (unread = state.unread) }, unread);
    for (const { key: id, author, name, text } of newcomers(state)) {
      const message = { id, author, name, text };
      emit("message", message, message);
    }
  });
}

/** Gives what came since; of what a conversation begins with, which may be its history, only what is unread. */
function findNewcomers(before: ChatState): (state: ChatState) => Item[] {
  const known = new Set<string>();
  let isHistory = true;
  for (const { key } of before.items) known.add(key);
  return (state) => {
    const fresh: Item[] = [];
    for (const item of state.items) {
      if (item.isDraft || known.has(item.key)) continue;
      known.add(item.key);
      if (item.author !== "visitor") fresh.push(item);
    }
    const news = isHistory ? fresh.slice(Math.max(0, fresh.length - state.unread)) : fresh;
    if (state.items.length) isHistory = false;
    return news;
  };
}

function reportAddresses(chat: Chat, emit: Emit): void {
  const leave = chat.leaveEmail;
  chat.leaveEmail = async (email) => {
    await leave.call(chat, email);
    if (email) emit("email", { email }, email);
  };
}
