// The list of messages: keyed, so that a change touches its own item only; stays at the end unless the visitor reads above.

import { spoken } from "../markdown.ts";
import type { ChatState, Item } from "../types.ts";
import { button, el, fill, icon } from "./dom.ts";
import { nameOf, showItem } from "./item.ts";
import type { Wiring } from "./panel.ts";

const NEAR_END = 60; // pixels
const MOST_AT_ONCE = 3; // more than these at once are history, not news

export interface Log {
  node: HTMLElement;
  show(state: ChatState): void;
  toEnd(): void;
}

/** `onEnd` is called whenever the newest message is in sight. */
export function createLog(wiring: Wiring, intro: HTMLElement, onEnd: () => void): Log {
  const { say, announce } = wiring;
  const list = el("ol");
  const typing = el("li.typing");
  const attributes = { role: "log", "aria-live": "off", "aria-label": say("conversation"), tabindex: 0 };
  const scroller = el("div.log@chat-log", attributes, intro, list);
  const jump = button("jump@jump", "", () => (toEnd(), scroller.focus()), icon("down"), say("new_messages"));
  const shown = new Map<string, { node: HTMLElement; item: Item }>();
  let isAtEnd = true;
  let isFirst = true;
  jump.hidden = true;

  function toEnd(): void {
    isAtEnd = jump.hidden = true;
    scroller.scrollTop = scroller.scrollHeight;
    onEnd();
  }

  function show(state: ChatState): void {
    const news = update(state.items);
    showTyping(state);
    tell(news);
    if (isAtEnd || news.some(({ delivery }) => delivery)) toEnd();
    else jump.hidden &&= !news.length;
    isFirst = false;
  }

  /** Give the items that were not there before, or were a draft. */
  function update(items: readonly Item[]): Item[] {
    const keys = new Set(items.map(({ key }) => key));
    shown.forEach(({ node }, key) => keys.has(key) || (node.remove(), shown.delete(key)));
    let next = list.firstChild;
    return items.filter((item, at) => {
      const old = shown.get(item.key);
      const node = old?.node ?? el("li");
      if (old?.item.version !== item.version) redraw(node, item, old?.item);
      node.classList.toggle("follows", follows(items[at - 1], item));
      if (node === next) next = node.nextSibling;
      else list.insertBefore(node, next);
      return !item.isDraft && (!old || old.item.isDraft);
    });
  }

  function redraw(node: HTMLElement, item: Item, old?: Item): void {
    if (old && item.delivery === "failed" && old.delivery !== "failed") announce(`${say("not_sent")} ${item.problem}`);
    shown.set(item.key, { node, item });
    showItem(node, item, wiring);
  }

  function showTyping({ typing: who, rep, items }: ChatState): void {
    if (!who || items.some(({ isDraft }) => isDraft)) return typing.remove();
    const text = who === "rep" ? say("rep_typing", { name: rep?.name || say("us") }) : say("agent_typing");
    fill(typing, el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")), text);
    list.append(typing);
  }

  function tell(news: Item[]): void {
    const theirs = news.filter(({ author, isRemoved }) => !isFirst && author !== "visitor" && !isRemoved);
    theirs.slice(theirs.length > MOST_AT_ONCE ? -1 : 0).forEach((item) => {
      const text = spoken(item.text);
      announce(item.author === "system" ? text : say("says", { name: nameOf(item, wiring), text }));
    });
  }

  function scrolled(): void {
    isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
    if (isAtEnd) ((jump.hidden = true), onEnd());
  }

  scroller.addEventListener("scroll", scrolled, { passive: true });
  // Keyboards, pictures and growing boxes change the heights without a word from us.
  const watch = new ResizeObserver(() => isAtEnd && (scroller.scrollTop = scroller.scrollHeight));
  watch.observe(scroller);
  watch.observe(list);

  return { node: el("div.frame", {}, scroller, jump), show, toEnd };
}

function follows(before: Item | undefined, { author, name }: Item): boolean {
  return before?.author === author && before.name === name && author !== "system";
}
