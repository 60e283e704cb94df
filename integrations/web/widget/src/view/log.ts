// The list of messages: keyed, so that a change touches its own item only; stays at the end unless the visitor reads above.

import { spoken } from "../markdown.ts";
import type { ChatState, Item } from "../types.ts";
import { button, el, icon } from "./dom.ts";
import { nameOf, showItem } from "./item.ts";
import type { Wiring } from "./wiring.ts";

const NEAR_END = 60; // pixels
const MOST_AT_ONCE = 3; // more than these at once are history, not news

interface Shown {
  node: HTMLElement;
  item: Item;
  version: number;
}

export interface Log {
  node: HTMLElement;
  /** The part that scrolls. */
  scroller: HTMLElement;
  show(state: ChatState): void;
  /** Words changed their language. */
  refresh(): void;
  toEnd(): void;
}

/** `onEnd` is called whenever the newest message is in sight. */
export function createLog(wiring: Wiring, intro: HTMLElement, onEnd: () => void): Log {
  const { words } = wiring;
  const list = el("ol");
  const typing = el("li", { class: "typing" });
  const log = { class: "log", role: "log", "aria-live": "off", tabindex: 0, "data-testid": "chat-log" };
  const scroller = words.put(el("div", log, intro, list), "conversation", "aria-label");
  const label = words.put(el("span"), "new_messages");
  const jump = button("jump", "jump", () => (toEnd(), scroller.focus()), icon("down"), label);
  const items = new Map<string, Shown>();
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
    if (news.some((item) => item.delivery)) isAtEnd = true;
    tell(news);
    if (isAtEnd) toEnd();
    else if (news.length) jump.hidden = false;
    isFirst = false;
  }

  /** Give the items that were not there before, or were a draft. */
  function update(now: readonly Item[]): Item[] {
    const news: Item[] = [];
    const kept = new Set(now.map(({ key }) => key));
    items.forEach(({ node }, key) => kept.has(key) || (node.remove(), items.delete(key)));
    let next = list.firstChild;
    let before: Item | undefined;
    for (const item of now) {
      const shown = items.get(item.key) ?? add(item.key, item);
      if (shown.version < 0 || (shown.item.isDraft && !item.isDraft)) if (!item.isDraft) news.push(item);
      if (shown.version !== item.version) redraw(shown, item);
      shown.node.classList.toggle("follows", follows(before, item));
      if (shown.node === next) next = next.nextSibling;
      else list.insertBefore(shown.node, next);
      before = item;
    }
    return news;
  }

  function add(key: string, item: Item): Shown {
    const shown = { node: el("li"), item, version: -1 };
    items.set(key, shown);
    return shown;
  }

  function redraw(shown: Shown, item: Item): void {
    if (item.delivery === "failed" && shown.item.delivery !== "failed" && shown.version >= 0)
      wiring.announce(`${wiring.say("not_sent")} ${item.problem}`);
    shown.item = item;
    shown.version = item.version;
    showItem(shown.node, item, wiring);
  }

  function showTyping({ typing: who, rep, items: now }: ChatState): void {
    const isShown = who && !now.some(({ isDraft }) => isDraft);
    if (!isShown) return typing.remove();
    const name = rep?.name || wiring.say("us");
    const text = wiring.say(who === "rep" ? "rep_typing" : "agent_typing", { name });
    typing.replaceChildren(el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), text);
    list.append(typing);
  }

  function tell(news: Item[]): void {
    if (isFirst) return;
    const theirs = news.filter(({ author, isRemoved }) => author !== "visitor" && !isRemoved);
    for (const item of theirs.length > MOST_AT_ONCE ? theirs.slice(-1) : theirs) wiring.announce(saying(item, wiring));
  }

  scroller.addEventListener(
    "scroll",
    () => {
      isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
      if (isAtEnd) ((jump.hidden = true), onEnd());
    },
    { passive: true },
  );
  // Keyboards, pictures and growing boxes change the heights without a word from us.
  const watch = new ResizeObserver(() => isAtEnd && (scroller.scrollTop = scroller.scrollHeight));
  [scroller, list].forEach((each) => watch.observe(each));

  return {
    node: el("div", { class: "frame" }, scroller, jump),
    scroller,
    show,
    refresh: () => items.forEach((shown) => showItem(shown.node, shown.item, wiring)),
    toEnd,
  };
}

function follows(before: Item | undefined, item: Item): boolean {
  return before?.author === item.author && before.name === item.name && item.author !== "system";
}

function saying(item: Item, wiring: Wiring): string {
  const text = spoken(item.text);
  return item.author === "system" ? text : wiring.say("says", { name: nameOf(item, wiring), text });
}
