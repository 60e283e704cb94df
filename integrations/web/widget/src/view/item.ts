// One thing in the list: who says it, the words, files, sources, and how far it got.

import { link, marked, plain, rich } from "../markdown.ts";
import type { Item } from "../types.ts";
import { button, type Child, el, face, fill, icon, set, sizeOf } from "./dom.ts";
import type { Wiring } from "./panel.ts";

export interface Items {
  /** Show an item in its place in the list. */
  showItem(node: HTMLElement, item: Item): void;
  /** What the author is called. */
  nameOf(item: Item): string;
}

export function createItems({ chat, say, host, clock }: Wiring): Items {
  function showItem(node: HTMLElement, item: Item): void {
    const { author, isDraft, isRemoved, picture, delivery } = item;
    const kind = isDraft ? "draft" : author;
    set(node, { class: `message ${author} ${kind}`, "data-testid": `message-${kind}`, "data-delivery": delivery });
    const body = [byline(item), bubble(item)];
    if (author === "system") return fill(node, body[1]);
    if (!isRemoved) body.push(files(item), sources(item), progress(item));
    const look = author !== "visitor" && face(author === "rep" ? nameOf(item) : "", picture, host);
    fill(node, look, el("div.body", {}, ...body));
  }

  function nameOf({ author, name }: Item): string {
    return author === "visitor" ? say("you") : name || say(author === "agent" ? "ai" : "us");
  }

  function byline(item: Item): Child {
    const { author, name, at, isEdited } = item;
    return el(
      "p.by",
      {},
      el(author === "visitor" ? "span.sr" : "b", {}, nameOf(item)),
      author === "agent" && name && el("span.badge", {}, say("ai")),
      el("time", { datetime: at }, clock(at)),
      isEdited && el("i", {}, say("edited")),
    );
  }

  function bubble(item: Item): Child {
    const { author, text, isRemoved, files: carried } = item;
    const names = carried.map(({ name }) => `📎 ${name}`).join("\n");
    if (names && !isRemoved && (!text || text === names)) return null;
    const words = isRemoved ? [say("removed")] : author === "visitor" ? [plain<Node>(text, el)] : richWords(item);
    return el(isRemoved || author === "system" ? "div.bubble quiet" : "div.bubble", { dir: "auto" }, ...words);
  }

  function sources({ sources: pages, sentences }: Item): Child {
    const isNumbered = sentences.some((sentence) => sentence.sources.length);
    const entries = pages.map(({ title, url }, at) =>
      el("li", {}, isNumbered && el("small", {}, `${at + 1} `), link<Node>(title || url, url, el)),
    );
    return entries[0] && el("ul.sources", { "aria-label": say("sources") }, ...entries);
  }

  function files({ files: carried }: Item): Child {
    const entries = carried.map(({ name, size: bytes, attachment }) => {
      const size = sizeOf(bytes);
      const shown = [icon("clip"), name, el("small", {}, size)];
      if (!attachment) return el("span.file", {}, ...shown);
      const click = () => void chat.openFile(attachment).catch(() => {});
      return el("button.file@file", { title: say("download_file", { name, size }), click }, ...shown);
    });
    return el("div.row", {}, ...entries);
  }

  function progress({ key, delivery, problem }: Item): Child {
    if (delivery !== "failed") return delivery && el("p.delivery", {}, say(delivery));
    const again = button("@retry", say("try_again"), () => chat.retry(key));
    const discard = button("@discard", say("discard"), () => chat.discard(key));
    return el("p.delivery", { role: "alert" }, `${say("not_sent")} ${problem} `, again, " ", discard);
  }

  return { showItem, nameOf };
}

function richWords({ text, sentences, sources: pages, isDraft, isEdited }: Item): Child[] {
  if (isDraft && text.split("**").length % 2 === 0) return rich<Node>(`${text.trimEnd()}**`, el);
  if (isDraft || isEdited || !sentences.length) return rich<Node>(text, el);
  // One small number for each page, which leads to the passage.
  const notes = sentences.map(({ sources: cited }) =>
    [...new Map(cited.map((citation) => [citation.source, citation])).values()]
      .filter(({ source }) => pages[source])
      .map(({ source, title, url }) => {
        const label = `${source + 1}`;
        return el("sup", {}, link<Node>(label, url, el, { title, "aria-label": `${label}: ${title}` }));
      }),
  );
  return rich<Node>(marked(sentences.map((sentence) => sentence.text)), el, (at) => notes[at] ?? []);
}
