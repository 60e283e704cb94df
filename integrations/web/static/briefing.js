// The briefing card: what the rep reads first.

import { reasonList, scoreFigure } from "./badges.js";
import { el, fill } from "./dom.js";
import { ago, clockTime } from "./times.js";

/** Show a handoff's briefing in `root`. */
export function showBriefing(root, { handoff_id: id, briefing, reason, call_back: call }, { repName, onCalled }) {
  const { score } = briefing;
  fill(root, el("h3", { class: "sr-only", text: "Briefing" }), head(briefing),
    call && callBack(id, call, repName, onCalled),
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
    block("Notes", list(briefing.notes)));
}

function head({ quote, contact, local_time: localTime, company }) {
  const facts = [company, contact, localTime].filter(Boolean);
  return el("header", { class: "briefing-head" },
    quote && el("blockquote", {}, el("q", { dir: "auto", text: quote })),
    facts.length > 0 && el("ul", { class: "who-facts" }, facts.map((text) => el("li", { dir: "auto", text }))));
}

function qualification({ known, missing }) {
  const columns = [block("Known", list(known)), block("Missing", list(missing))].filter(Boolean);
  return columns.length ? el("div", { class: "two" }, columns) : null;
}

function block(title, content, extra = "") {
  return content ? el("section", { class: `block ${extra}` }, el("h4", { text: title }), content) : null;
}

/** Show the call that was promised; `onCalled` is there when this rep may say that it was made. */
function callBack(id, call, repName, onCalled) {
  const { at, rep_id: rep, contact, asked, done_at: done, missed_at: missed } = call;
  const state = done ? `made ${clockTime(done)}` : missed ? "missed" : "promised";
  const made = onCalled && !done && el("button", { type: "button", class: "button button-small", "data-testid": "desk-called", text: "Call made", onclick: onCalled });
  return el("section", { class: `block is-call ${done ? "" : "is-due"}` },
    el("h4", { text: `Call back, ${state}` }),
    el("p", {}, el("b", {}, el("time", { datetime: at, text: clockTime(at) })), ` · ${repName(rep)}${contact ? ` · ${contact}` : ""}`),
    asked && el("p", {}, el("q", { dir: "auto", text: asked })),
    !done && el("p", { class: "call-acts" }, made, el("a", { href: `/v1/handoffs/${encodeURIComponent(id)}/call_back.ics`, download: "call-back.ics", text: "Put it in my calendar" })));
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
