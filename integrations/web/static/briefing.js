// The briefing card: what the rep reads first.

import { reasonList, scoreFigure } from "./badges.js";
import { el, fill } from "./dom.js";
import { ago, clockTime } from "./times.js";

/** Show a handoff's briefing in `root`. */
export function showBriefing(root, { briefing, reason, route }, repName) {
  const { score } = briefing;
  fill(root, head(briefing),
    score && scoreFigure(score),
    block("Why now", list(briefing.why_now, "why-now")),
    score?.reasons?.length && el("details", { class: "why" }, el("summary", { text: `How ${score.total} adds up` }), reasonList(score)),
    block("Handed off because", sentence(reason)),
    block("Next step", sentence(briefing.next_step), "is-next"),
    block("Wants", sentence(briefing.wants)),
    block("Reach them", sentence(briefing.reach)),
    qualification(briefing),
    block("Competitors", list(briefing.competitors)),
    block("History", timeline(briefing.timeline)),
    block("Already said", sentence(briefing.already_said)),
    block("Notes", list(briefing.notes)),
    routing(route, repName));
}

function head({ quote, contact, local_time: localTime, company }) {
  const facts = [company, contact, localTime].filter(Boolean);
  return el("header", { class: "briefing-head" },
    quote && el("blockquote", {}, el("q", { text: quote })),
    facts.length > 0 && el("ul", { class: "who-facts" }, facts.map((text) => el("li", { text }))));
}

function qualification({ known, missing }) {
  const columns = [block("Known", list(known)), block("Missing", list(missing))].filter(Boolean);
  return columns.length ? el("div", { class: "two" }, columns) : null;
}

function block(title, content, extra = "") {
  return content ? el("section", { class: `block ${extra}` }, el("h4", { text: title }), content) : null;
}

/** Say who was considered for this handoff, and why or why not. */
function routing(route, repName) {
  if (!route?.length) return null;
  const steps = route.map(({ rep_id: rep, is_chosen: isChosen, because }) =>
    el("li", {}, el(isChosen ? "strong" : "span", { text: repName(rep) }), `: ${because}`));
  return el("details", { class: "why" }, el("summary", { text: "Why this rep" }), el("ul", { class: "plain" }, steps));
}

function sentence(text) {
  return text ? el("p", { text }) : null;
}

function list(items, kind = "plain") {
  const lines = (Array.isArray(items) ? items : [items]).filter(Boolean);
  return lines.length ? el("ul", { class: kind }, lines.map((text) => el("li", { text }))) : null;
}

function timeline(lines) {
  if (!lines?.length) return null;
  return el("ol", { class: "timeline" }, lines.map(({ at, text }) =>
    el("li", {}, el("span", { text }), el("time", { datetime: at, title: clockTime(at), text: ago(at) }))));
}
