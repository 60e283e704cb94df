// Small DOM builders. Text always enters as text nodes, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  spark: "M12 3l1.9 5.6L19.5 10.5l-5.6 1.9L12 18l-1.9-5.6L4.5 10.5l5.6-1.9zM19 16.5l.8 2.2 2.2.8-2.2.8-.8 2.2-.8-2.2-2.2-.8 2.2-.8z",
  send: "M4 12l16-8-5.5 16-3-6.5zM11.5 13.5L20 4",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 18l-6-6 6-6",
  down: "M12 5v14M6 13l6 6 6-6",
  link: "M9 15l6-6M10.5 6.5l1-1a4.2 4.2 0 016 6l-1 1M13.5 17.5l-1 1a4.2 4.2 0 01-6-6l1-1",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  clock: "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5l3.5 2",
  clip: "M20 11.5l-8.2 8.2a5 5 0 01-7.1-7.1l8.5-8.4a3.3 3.3 0 014.7 4.7l-8.5 8.4a1.7 1.7 0 01-2.4-2.3l7.8-7.8",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  close: "M6 6l12 12M18 6L6 18",
};

/** Build an element; `on*` properties become listeners, other unknown keys attributes. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) assign(node, key, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function assign(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "class") node.className = value;
  else if (key === "text") node.textContent = value;
  else node.setAttribute(key, value === true ? "" : value);
}

/** Draw one of the line icons; decorative, so hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Find one element by its id; it must exist. */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`The page has no #${id}.`);
  return node;
}

/** Give the address when it is http(s) or site-relative, else null. */
export function safeAddress(address) {
  if (!/^(https?:\/\/|\/(?![/\\]))/i.test(address ?? "")) return null;
  try {
    return new URL(address, location.origin).href;
  } catch {
    return null;
  }
}

/** Link to a page; one that is not ours opens in a new tab. Unsafe addresses give the bare label. */
export function anchor(label, address, properties = {}) {
  const href = safeAddress(address);
  if (!href) return document.createTextNode(label);
  const isOurs = href.startsWith(`${location.origin}/`);
  const away = isOurs ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return el("a", { href, text: label, ...away, ...properties });
}

// Marks the place of a note within a text; of no use to anybody else, so it is taken out of what is said.
const MARK = "\uE000";
const INLINE = /\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>()\uE000]*[^\s<>()\uE000.,;:!?"'])|(\uE000)/g;

/** Turn text with **bold** and links into paragraphs of DOM nodes. */
export function richText(text) {
  return paragraphs(text.replaceAll(MARK, ""), []);
}

/** Do so with sentences, [text, nodes]: the nodes of each stand behind its last word. */
export function notedText(sentences) {
  const marked = sentences.map(([text, notes]) => {
    const said = text.replaceAll(MARK, "");
    return notes.length ? said.trimEnd() + MARK + said.slice(said.trimEnd().length) : said;
  });
  return paragraphs(marked.join(""), sentences.map(([, notes]) => notes).filter((notes) => notes.length));
}

/** The notes are taken in order, one list for each mark. */
function paragraphs(text, notes) {
  const waiting = [...notes];
  return text.split(/\n{2,}/).filter((part) => part.trim()).map((part) => el("p", {}, inline(part.trim(), waiting)));
}

function inline(text, notes) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, match.index), ...inlineNodes(match, notes));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)].filter((node) => node !== "");
}

function inlineNodes([, bold, label, address, bare, mark], notes) {
  if (mark) return notes.shift() ?? [];
  if (bold) return [el("strong", {}, inline(bold, notes))];
  return [anchor(label ?? bare, address ?? bare)];
}

/** Two letters for an avatar. */
export function initials(name) {
  const words = (name || "?").trim().split(/\s+/);
  const last = words.length > 1 ? words.at(-1)[0] : "";
  return (words[0][0] + last).toUpperCase();
}

/** Replace the children of a node. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter(Boolean));
  return node;
}
