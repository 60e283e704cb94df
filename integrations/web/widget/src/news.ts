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

export type Emit = <K extends keyof News>(kind: K, detail: News[K]) => void;

/** Report what changes in a chat from now on. Gives what ends it. */
export function watchChat(chat: Chat, store: Store, emit: Emit): () => void {
  const conversationId = () => store.get("conversation")?.id ?? null;
  const newcomers = findNewcomers();
  let { unread } = chat.state;
  let id = conversationId();
  let email = store.get("leftEmail");
  return chat.subscribe((state) => {
    if (id !== (id = conversationId())) emit("conversation", { id });
    if (unread !== (unread = state.unread)) emit("unread", { count: unread });
    if (email !== (email = store.get("leftEmail")) && email) emit("email", { email });
    for (const { key, author, name, text } of newcomers(state)) emit("message", { id: key, author, name, text });
  });
}

/** Gives what came since; of what a conversation begins with, which may be its history, only what is unread. */
function findNewcomers(): (state: ChatState) => Item[] {
  const known = new Set<string>();
  let isHistory = true;
  return ({ items, unread }) => {
    const fresh: Item[] = [];
    for (const item of items) {
      if (item.isDraft || item.author === "visitor" || known.has(item.key)) continue;
      known.add(item.key);
      fresh.push(item);
    }
    const news = isHistory ? fresh.slice(-unread || Infinity) : fresh;
    isHistory &&= !items.length;
    return news;
  };
}
