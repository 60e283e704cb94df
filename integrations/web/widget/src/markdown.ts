// A small, safe part of Markdown: makes nodes by the function it is given, never HTML; no pattern walks back far.

export type Part<N> = N | string;
export type Make<N> = (tag: string, attributes: Record<string, string | undefined>, ...children: Part<N>[]) => N;
export type Notes<N> = (at: number) => Part<N>[];

interface Block<N> {
  tag: string;
  start: string | undefined;
  parts: Part<N>[];
}

// Marks the place of a note within a text: this sign, and the 6,399 after it, are of no use to anybody else.
const FIRST_NOTE = 0xe000;
const NOTE = "[\\uE000-\\uF8FF]";
const ADDRESS =
  '(https?:\\/\\/[^\\s<>"\\uE000-\\uF8FF]*[^\\s<>"\\uE000-\\uF8FF.,;:!?\')\\]}*_]|[\\w.+-]{1,64}@[\\w-]+(?:\\.[\\w-]+){1,6})';
const EMPHASIS = "(^|[\\s(])([*_])([^\\s*_](?:[^*_]*[^\\s*_])?)\\4(?!\\w)";
const LINK = "\\[([^[\\]]+)\\]\\(([^()\\s]+)\\)";
const INLINE = `${ADDRESS}|\\*\\*([^*]+)\\*\\*|${EMPHASIS}|\`([^\`]+)\`|${LINK}|(${NOTE})`;
const LIST_ITEM = /^ {0,6}(?:[-*•]|(\d{1,4})[.)])[ \t]+(?=\S)/;

/** Paragraphs and lists of a text; `notes` gives what stands where a note was marked. */
export function rich<N>(text: string, make: Make<N>, notes: Notes<N> = () => []): N[] {
  const blocks: Block<N>[] = [];
  let open = null as Block<N> | null;
  for (const line of text.split("\n")) {
    const [sign, start] = LIST_ITEM.exec(line) ?? [""];
    const tag = start ? "ol" : sign ? "ul" : "p";
    const parts = inline(line.slice(sign.length));
    if (!line.trim()) open = null;
    else if (open?.tag !== tag) blocks.push((open = { tag, start, parts: [] }));
    else if (!sign) open.parts.push("\n");
    open?.parts.push(...(sign ? [make("li", {}, ...parts)] : parts));
  }
  return blocks.map(({ tag, start, parts }) => make(tag, { start }, ...parts));

  function inline(words: string): Part<N>[] {
    return scan(words, INLINE, ([, address, bold, before = "", , italic, code, label = "", target = "", note]) => {
      if (address) return [bareLink(address, make)];
      if (bold) return [make("strong", {}, ...inline(bold))];
      if (italic) return [before, make("em", {}, ...inline(italic))];
      if (code) return [make("code", {}, code)];
      return note ? notes(note.charCodeAt(0) - FIRST_NOTE) : [link(label, target, make)];
    });
  }
}

/** Words as they are, but addresses lead somewhere. */
export function plain<N>(text: string, make: Make<N>): N {
  return make("p", {}, ...scan(text, ADDRESS, ([address = ""]) => [bareLink(address, make)]));
}

/** A link away from the page, or its bare label when the address is none that is safe. */
export function link<N>(label: string, address: string, make: Make<N>, more: Record<string, string> = {}): Part<N> {
  const href = safeAddress(address);
  return href ? make("a", { href, target: "_blank", rel: "noopener noreferrer nofollow", ...more }, label) : label;
}

/** One text of many sentences, with a mark behind each. */
export function marked(sentences: readonly string[]): string {
  return sentences
    .map((sentence, at) => {
      const text = sentence.replace(RegExp(NOTE, "g"), "");
      const said = text.trimEnd();
      return said ? said + String.fromCharCode(FIRST_NOTE + at) + text.slice(said.length) : text;
    })
    .join("");
}

/** What a screen reader is to say: the words without the signs around them. */
export function spoken(text: string): string {
  return text.replace(RegExp(`\\*\\*|\`|${LINK}`, "g"), "$1");
}

/** The address when it is of a harmless kind, else "". */
export function safeAddress(address: string): string {
  return /^(https?|mailto|tel):/i.test(address) ? address : "";
}

function bareLink<N>(address: string, make: Make<N>): Part<N> {
  return link(address, (address.includes(":") ? "" : "mailto:") + address, make);
}

function scan<N>(text: string, pattern: string, parts: (match: RegExpMatchArray) => Part<N>[]): Part<N>[] {
  const found: Part<N>[] = [];
  let end = 0;
  for (const match of text.matchAll(RegExp(pattern, "g"))) {
    const at = match.index;
    found.push(text.slice(end, at), ...parts(match));
    end = at + match[0].length;
  }
  return [...found, text.slice(end)];
}
