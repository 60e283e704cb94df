// The list of messages: keyed, so that a change touches its own item only; stays at the end unless the visitor reads above.

import { spoken } from "../markdown.ts";
import type { ChatState, Item } from "../types.ts";
import { button, type Child, el } from "./dom.ts";
import { createItems } from "./item.ts";
import type { Wiring } from "./panel.ts";

const NEAR_END = 60; // pixels
const MOST_AT_ONCE = 3; // more than these at once are history, not news

export interface Log {
  node: HTMLElement;
  show(state: ChatState): void;
  toEnd(): void;
}

/** `onEnd` is called whenever the newest message is in sight. */
export function createLog(wiring: Wiring, intro: Child, onEnd: () => void): Log {
  const { say, announce } = wiring;
  const { showItem, nameOf } = createItems(wiring);
  const list = el("ol");
  const typing = el("p.typing");
  const jump = button("jump@jump", say("new_messages"), () => (toEnd(), node.focus()));
  const about = { role: "log", "aria-live": "off", "aria-label": say("conversation"), tabindex: 0, scroll: scrolled };
  const node = el("div.log@chat-log", about, intro, list, typing, jump);
  let shown = new Map<string, { node: HTMLElement; item: Item }>();
  let isAtEnd = true;
  let isFirst = true;

  function toEnd(): void {
    isAtEnd = jump.hidden = true;
    node.scrollTop = node.scrollHeight;
    onEnd();
  }

  function show(state: ChatState): void {
    const { items, typing: who, rep } = state;
    const news = update(items);
    typing.hidden = !who || items.some(({ isDraft }) => isDraft);
    typing.textContent = who === "rep" ? say("rep_typing", { name: rep?.name || say("us") }) : say("agent_typing");
    tell(news);
    if (isAtEnd || news.some(({ delivery }) => delivery)) toEnd();
    else if (news.length) jump.hidden = false;
    isFirst = false;
  }

  /** Give the items that were not there before, or were a draft. */
  function update(items: readonly Item[]): Item[] {
    const before = shown;
    shown = new Map();
    const news = items.filter((item, at) => {
      const old = before.get(item.key);
      const made = old?.node ?? el("li");
      shown.set(item.key, { node: made, item });
      if (old?.item.version !== item.version) showItem(made, item);
      const { author, name } = items[at - 1] ?? {};
      made.classList.toggle("follows", author === item.author && name === item.name);
      if (list.children[at] !== made) list.insertBefore(made, list.children[at] ?? null);
      return !item.isDraft && (!old || old.item.isDraft);
    });
    before.forEach((old, key) => shown.has(key) || old.node.remove());
    return news;
  }

  function tell(news: Item[]): void {
    const theirs = news.filter(({ author, isRemoved }) => author !== "visitor" && !isRemoved);
    if (isFirst || !theirs[0]) return;
    const told = theirs.slice(theirs.length > MOST_AT_ONCE ? -1 : 0).map((item) => {
      const text = spoken(item.text);
      return item.author === "system" ? text : say("says", { name: nameOf(item), text });
    });
    announce(told.join(" "));
  }

  function scrolled(): void {
    isAtEnd = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END;
    if (isAtEnd) ((jump.hidden = true), onEnd());
  }

  // Keyboards, pictures and growing boxes change the heights without a word from us.
  const watch = new ResizeObserver(() => isAtEnd && (node.scrollTop = node.scrollHeight));
  watch.observe(node);
  watch.observe(list);

  return { node, show, toEnd };
}
