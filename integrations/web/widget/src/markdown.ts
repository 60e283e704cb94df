// A small, safe part of Markdown as plain values: nothing in here makes HTML, and no pattern walks back far.

export type Inline =
  string | { tag: "strong" | "em" | "code"; parts: Inline[] } | { href: string; label: string } | { note: number };

export interface Block {
  tag: "p" | "ul" | "ol";
  start: number;
  lines: Inline[][];
}

// Marks the place of a note within a text: this sign, and the 6,399 after it, are of no use to anybody else.
const FIRST_NOTE = 0xe000;
const NOTES = /[\uE000-\uF8FF]/g;
const LIST_ITEM = /^ {0,6}(?:[-*•]|(\d{1,4})[.)])[ \t]+(?=\S)/;
const ADDRESS = '(https?:\\/\\/[^\\s<>"\\uE000-\\uF8FF]+|[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,6})';
const ADDRESSES = RegExp(ADDRESS, "g");
const INLINE = RegExp(
  `${ADDRESS}|\\*\\*([^*]+)\\*\\*|([*_])(?=\\S)([^*_]+)\\3|\`([^\`]+)\`|\\[([^[\\]]+)\\]\\(([^()\\s]+)\\)|([\\uE000-\\uF8FF])`,
  "g",
);

/** Paragraphs and lists of a text. */
export function parse(text: string): Block[] {
  const blocks: Block[] = [];
  let open = null as Block | null;
  for (const line of text.split("\n")) {
    const item = LIST_ITEM.exec(line);
    const tag = !item ? "p" : item[1] ? "ol" : "ul";
    if (!line.trim()) open = null;
    else if (open?.tag !== tag) blocks.push((open = { tag, start: Number(item?.[1] ?? 1), lines: [] }));
    open?.lines.push(inline(line.slice(item?.[0].length ?? 0)));
  }
  return blocks;
}

/** Words as they are, but addresses lead somewhere. */
export function plain(text: string): Inline[] {
  return scan(text, ADDRESSES);
}

/** One text of many sentences, with a mark behind each that has notes. */
export function marked(sentences: readonly { text: string; hasNotes: boolean }[]): string {
  return sentences.map(({ text, hasNotes }, at) => withMark(text.replace(NOTES, ""), hasNotes ? at : -1)).join("");
}

/** What a screen reader is to say: the words without the signs around them. */
export function spoken(text: string): string {
  return text.replace(/\*\*|`/g, "").replace(/\[([^[\]]+)\]\([^()\s]+\)/g, "$1");
}

/** The address when it is of a harmless kind, else "". */
export function safeAddress(address: string): string {
  try {
    const { protocol, href } = new URL(address);
    return /^(https?|mailto|tel):$/.test(protocol) ? href : "";
  } catch {
    return "";
  }
}

function withMark(text: string, at: number): string {
  const end = text.trimEnd();
  return at < 0 ? text : end + String.fromCharCode(FIRST_NOTE + at) + text.slice(end.length);
}

function inline(text: string): Inline[] {
  return scan(text, INLINE);
}

function scan(text: string, pattern: RegExp): Inline[] {
  const found: Inline[] = [];
  const search = RegExp(pattern);
  search.lastIndex = 0;
  let end = 0;
  for (let match = search.exec(text); match; match = search.exec(text)) {
    const part = inlineOf(match, text);
    if (!part) search.lastIndex = match.index + 1;
    else {
      if (match.index > end) found.push(text.slice(end, match.index));
      found.push(part.inline);
      search.lastIndex = end = match.index + part.length;
    }
  }
  return end < text.length ? [...found, text.slice(end)] : found;
}

function inlineOf(match: RegExpExecArray, text: string): { inline: Inline; length: number } | null {
  const [whole, address, bold, sign, italic, code, label, target, note] = match;
  const { length } = whole;
  if (address) return bareAddress(address);
  if (bold) return { inline: { tag: "strong", parts: inline(bold) }, length };
  if (italic) return isEmphasis(match, text, sign) ? { inline: { tag: "em", parts: inline(italic) }, length } : null;
  if (code) return { inline: { tag: "code", parts: [code] }, length };
  if (note) return { inline: { note: note.charCodeAt(0) - FIRST_NOTE }, length };
  const href = safeAddress(target ?? "");
  return { inline: href ? { href, label: label ?? "" } : (label ?? ""), length };
}

function bareAddress(found: string): { inline: Inline; length: number } {
  let { length } = found;
  while (".,;:!?'\"]}*_".includes(found.charAt(length - 1)) || isLooseBracket(found, length)) length--;
  const label = found.slice(0, length);
  const href = safeAddress(/^https?:/.test(label) ? label : `mailto:${label}`);
  return { inline: href ? { href, label } : label, length };
}

function isLooseBracket(found: string, length: number): boolean {
  return found.charAt(length - 1) === ")" && !found.includes("(");
}

// snake_case and 2*3*4 are no emphasis.
function isEmphasis({ index, 0: whole }: RegExpExecArray, text: string, sign: string | undefined): boolean {
  const outside = text.charAt(index - 1) + text.charAt(index + whole.length);
  return !/\s/.test(whole.charAt(whole.length - 2)) && !(sign === "_" ? /[\w\p{L}]/u : /\w/).test(outside);
}
