// One thing in the list: who says it, the words, files, sources, and how far it got.

import { marked } from "../markdown.ts";
import type { Item } from "../types.ts";
import { button, type Child, el, fill, icon } from "./dom.ts";
import { face } from "./faces.ts";
import { sizeOf } from "./format.ts";
import { link, ownText, richText } from "./rich.ts";
import type { Wiring } from "./wiring.ts";

/** Show an item in its place in the list. */
export function showItem(node: HTMLElement, item: Item, wiring: Wiring): void {
  const { author, isDraft, delivery } = item;
  node.className = `message ${author}${isDraft ? " draft" : ""}`;
  node.dataset.testid = `message-${isDraft ? "draft" : author}`;
  if (delivery) node.dataset.delivery = delivery;
  else delete node.dataset.delivery;
  if (author === "system") fill(node, el("p", { class: "bubble", dir: "auto" }, item.text));
  else fill(node, author !== "visitor" && faceOf(item, wiring), body(item, wiring));
}

/** What the author is called. */
export function nameOf({ author, name }: Item, { say }: Wiring): string {
  if (author === "visitor") return say("you");
  return name || say(author === "agent" ? "ai" : "us");
}

function faceOf({ author, name, picture }: Item, { host }: Wiring): HTMLElement {
  return face(author === "rep" ? { name, picture } : null, host);
}

function body(item: Item, wiring: Wiring): HTMLElement {
  const shown = saysOnlyFiles(item) ? null : bubble(item, wiring);
  const more = item.isRemoved ? [] : [files(item, wiring), sources(item, wiring)];
  return el("div", { class: "body" }, byline(item, wiring), shown, ...more, delivery(item, wiring));
}

function byline(item: Item, wiring: Wiring): HTMLElement {
  const { say, clock } = wiring;
  const time = clock()(item.at);
  return el(
    "p",
    { class: item.author === "visitor" ? "by own" : "by" },
    el("span", { class: item.author === "visitor" ? "sr" : "name" }, nameOf(item, wiring)),
    item.author === "agent" && item.name && el("span", { class: "badge" }, say("ai")),
    time && el("time", { datetime: item.at }, time),
    item.isEdited && !item.isRemoved && el("span", { class: "edited" }, say("edited")),
  );
}

function bubble(item: Item, { say }: Wiring): HTMLElement {
  if (item.isRemoved) return el("div", { class: "bubble removed" }, say("removed"));
  const words = item.author === "visitor" ? [ownText(item.text)] : richWords(item);
  return el("div", { class: "bubble", dir: "auto" }, ...words);
}

function richWords({ text, sentences, sources, isDraft, isEdited }: Item): Node[] {
  if (isDraft) return richText(text.split("**").length % 2 ? text : `${text.trimEnd()}**`);
  if (isEdited || !sentences.length) return richText(text);
  const cited = sentences.map((sentence) => ({ text: sentence.text, notes: citations(sentence.sources, sources) }));
  const whole = marked(cited.map(({ text: said, notes }) => ({ text: said, hasNotes: notes.length > 0 })));
  return richText(whole, (at) => cited[at]?.notes ?? []);
}

/** One small number for each page, which leads to the passage. */
function citations(cited: Item["sentences"][number]["sources"], pages: Item["sources"]): Node[] {
  const first = cited.filter(
    ({ source }, at) => pages[source] && cited.findIndex((other) => other.source === source) === at,
  );
  return first.map(({ source, title, url }) => {
    const number = String(source + 1);
    return el("sup", {}, link(number, url, { title, "aria-label": `${number}: ${title}` }));
  });
}

function sources({ sources: pages, sentences }: Item, { say }: Wiring): Child {
  if (!pages.length) return null;
  const isNumbered = sentences.some(({ sources: cited }) => cited.length);
  const entry = ({ title, url }: Item["sources"][number], at: number) =>
    el("li", {}, isNumbered && el("small", {}, `${at + 1} `), link(title || url, url, opensAside(title || url, say)));
  return el("ul", { class: "sources", "aria-label": say("sources") }, ...pages.map(entry));
}

function opensAside(label: string, say: Wiring["say"]): Record<string, string> {
  return { "aria-label": `${label} (${say("source_opens")})` };
}

function saysOnlyFiles({ text, files: carried, isRemoved }: Item): boolean {
  return carried.length > 0 && !isRemoved && (!text || text === carried.map(({ name }) => `📎 ${name}`).join("\n"));
}

function files({ files: carried }: Item, { say, chat }: Wiring): Child {
  if (!carried.length) return null;
  const entry = ({ name, size, attachment }: Item["files"][number]) => {
    const shown = [icon("file"), el("span", {}, name), el("small", {}, sizeOf(size))];
    if (!attachment) return el("span", { class: "file" }, ...shown);
    const open = button("file", "file", () => void chat.openFile(attachment).catch(() => {}), ...shown);
    open.setAttribute("aria-label", say("download_file", { name, size: sizeOf(size) }));
    return open;
  };
  return el("div", { class: "files" }, ...carried.map(entry));
}

function delivery(item: Item, { say, chat }: Wiring): Child {
  if (!item.delivery) return null;
  if (item.delivery !== "failed") return el("p", { class: "delivery" }, say(item.delivery));
  return el(
    "p",
    { class: "delivery" },
    `${say("not_sent")} ${item.problem} `,
    button("link", "retry", () => chat.retry(item.key), say("try_again")),
    button("link", "discard", () => chat.discard(item.key), say("discard")),
  );
}
