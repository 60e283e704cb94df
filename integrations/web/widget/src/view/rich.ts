// Makes nodes of what markdown.ts understood.

import { type Block, type Inline, parse, plain, safeAddress } from "../markdown.ts";
import { type Child, el } from "./dom.ts";

export type Notes = (at: number) => Node[];

/** Paragraphs and lists; `notes` gives what stands behind a sentence. */
export function richText(text: string, notes: Notes = () => []): Node[] {
  return parse(text).map((block) => blockNode(block, notes));
}

/** A visitor's own words: nothing but links is made of them. */
export function ownText(text: string): Node {
  return el("p", {}, ...nodes(plain(text), () => []));
}

/** A link away from the page, or its bare label when the address is none that is safe. */
export function link(label: string, address: string, attributes: Record<string, string> = {}): Node {
  const href = safeAddress(address);
  const away = { target: "_blank", rel: "noopener noreferrer nofollow" };
  return href ? el("a", { href, ...away, ...attributes }, label) : document.createTextNode(label);
}

function blockNode({ tag, start, lines }: Block, notes: Notes): Node {
  if (tag === "p") return el("p", {}, ...lines.flatMap((line, at) => [at > 0 && "\n", ...nodes(line, notes)]));
  return el(tag, { start: start > 1 && start }, ...lines.map((line) => el("li", {}, ...nodes(line, notes))));
}

function nodes(parts: Inline[], notes: Notes): Child[] {
  return parts.flatMap((part): Child[] => {
    if (typeof part === "string") return [part];
    if ("note" in part) return notes(part.note);
    return ["href" in part ? link(part.label, part.href) : el(part.tag, {}, ...nodes(part.parts, notes))];
  });
}
