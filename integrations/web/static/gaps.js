// What visitors asked that the library lacks: counted, newest wording first, and whether it is answerable by now.

import { request } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { ago } from "./times.js";

const DAY = 86_400_000;

/** Let the button open the list; `say` tells what went wrong. */
export function listenForGaps(say) {
  byId("show-gaps").addEventListener("click", () => open(say));
  byId("gaps-since").addEventListener("change", () => load(say));
  byId("gaps-close").addEventListener("click", () => byId("gaps-dialog").close());
}

function open(say) {
  byId("gaps-dialog").showModal();
  return load(say);
}

async function load(say) {
  const list = byId("gaps");
  byId("gaps-state").textContent = "Looking…";
  try {
    const { groups } = await request(`/v1/gaps${since()}`);
    byId("gaps-state").textContent = summary(groups);
    fill(list, groups.map(item));
  } catch (error) {
    byId("gaps-dialog").close();
    say(error.message);
  }
}

function since() {
  const days = Number(byId("gaps-since").value);
  if (!days) return "";
  return `?since=${encodeURIComponent(new Date(Date.now() - days * DAY).toISOString())}`;
}

function summary(groups) {
  const lacking = groups.filter(({ is_answerable: isAnswerable }) => !isAnswerable).length;
  if (!groups.length) return "Every question had an answer.";
  return lacking ? `${lacking} still lacking, ${groups.length - lacking} answerable by now.` : "All of these are answerable by now.";
}

function item({ question, count, languages, newest_at: newestAt, is_answerable: isAnswerable, examples }) {
  const told = [`${count} ×`, languages.join(", "), ago(newestAt), isAnswerable ? "answerable by now" : null];
  const node = el("li", { "data-answerable": String(isAnswerable) }, el("p", { text: question, dir: "auto" }));
  node.append(el("p", { class: "quiet", text: told.filter(Boolean).join(" · ") }));
  if (examples.length) {
    const others = el("ul", {}, examples.map((words) => el("li", { text: words, dir: "auto" })));
    node.append(el("details", {}, el("summary", { text: "In other words" }), others));
  }
  return node;
}
