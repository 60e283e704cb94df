// One thing in the list: who says it, the words, files, sources, and how far it got.

import { link, marked, plain, rich } from "../markdown.ts";
import type { Item, Sentence } from "../types.ts";
import { button, type Child, el, face, fill, icon, make, sizeOf } from "./dom.ts";
import type { Wiring } from "./panel.ts";

/** Show an item in its place in the list. */
export function showItem(node: HTMLElement, item: Item, wiring: Wiring): void {
  const { author, isDraft, isRemoved } = item;
  node.className = `message ${author}${isDraft ? " draft" : ""}`;
  node.dataset.testid = `message-${isDraft ? "draft" : author}`;
  node.dataset.delivery = item.delivery ?? "";
  const shown = saysOnlyFiles(item) ? null : bubble(item, wiring);
  if (author === "system") return fill(node, shown);
  const more = isRemoved ? [] : [files(item, wiring), sources(item, wiring), delivery(item, wiring)];
  const seen = author !== "visitor" && face(author === "rep" ? nameOf(item, wiring) : "", item.picture, wiring.host);
  fill(node, seen, el("div.body", {}, byline(item, wiring), shown, ...more));
}

/** What the author is called. */
export function nameOf({ author, name }: Item, { say }: Wiring): string {
  return author === "visitor" ? say("you") : name || say(author === "agent" ? "ai" : "us");
}

function byline(item: Item, wiring: Wiring): HTMLElement {
  const { author, name, at, isEdited, isRemoved } = item;
  const time = wiring.clock(at);
  return el(
    "p.by",
    {},
    el(author === "visitor" ? "span.sr" : "b", {}, nameOf(item, wiring)),
    author === "agent" && name && el("span.badge", {}, wiring.say("ai")),
    time && el("time", { datetime: at }, time),
    isEdited && !isRemoved && el("i", {}, wiring.say("edited")),
  );
}

function bubble(item: Item, { say }: Wiring): HTMLElement {
  const { author, text, isRemoved } = item;
  const words = isRemoved ? [say("removed")] : author === "visitor" ? [plain(text, make)] : richWords(item);
  return el(isRemoved ? "div.bubble removed" : "div.bubble", { dir: "auto" }, ...words);
}

function richWords({ text, sentences, sources: pages, isDraft, isEdited }: Item): Child[] {
  if (isDraft && text.split("**").length % 2 === 0) return rich(`${text.trimEnd()}**`, make);
  if (isDraft || isEdited || !sentences.length) return rich(text, make);
  const notes = sentences.map((sentence) => citations(sentence, pages));
  const whole = marked(sentences.map((sentence, at) => ({ text: sentence.text, hasNotes: !!notes[at]?.length })));
  return rich(whole, make, (at) => notes[at] ?? []);
}

/** One small number for each page, which leads to the passage. */
function citations({ sources: cited }: Sentence, pages: Item["sources"]): Node[] {
  const isFirst = (source: number, at: number) => cited.findIndex((other) => other.source === source) === at;
  return cited
    .filter(({ source }, at) => pages[source] && isFirst(source, at))
    .map(({ source, title, url }) => {
      const label = `${source + 1}`;
      return el("sup", {}, link(label, url, make, { title, "aria-label": `${label}: ${title}` }));
    });
}

function sources({ sources: pages, sentences }: Item, { say }: Wiring): Child {
  const isNumbered = sentences.some((sentence) => sentence.sources.length);
  const entries = pages.map(({ title, url }, at) =>
    el("li", {}, isNumbered && el("small", {}, `${at + 1} `), link(title || url, url, make)),
  );
  return entries.length > 0 && el("ul.sources", { "aria-label": say("sources") }, ...entries);
}

function saysOnlyFiles({ text, files: carried, isRemoved }: Item): boolean {
  return carried.length > 0 && !isRemoved && (!text || text === carried.map(({ name }) => `📎 ${name}`).join("\n"));
}

function files({ files: carried }: Item, { say, chat }: Wiring): Child {
  const entries = carried.map(({ name, size: bytes, attachment }) => {
    const size = sizeOf(bytes);
    const shown = [icon("clip"), el("span", {}, name), " ", el("small", {}, size)];
    if (!attachment) return el("span.file", {}, ...shown);
    const open = button("file@file", "", () => void chat.openFile(attachment).catch(() => {}), ...shown);
    open.title = say("download_file", { name, size });
    return open;
  });
  return entries.length > 0 && el("div.files", {}, ...entries);
}

function delivery({ key, delivery: how, problem }: Item, { say, chat }: Wiring): Child {
  if (how !== "failed") return how && el("p.delivery", {}, say(how));
  const again = button("link@retry", "", () => chat.retry(key), say("try_again"));
  const discard = button("link@discard", "", () => chat.discard(key), say("discard"));
  return el("p.delivery", {}, `${say("not_sent")} ${problem} `, el("span.choices", {}, again, discard));
}
