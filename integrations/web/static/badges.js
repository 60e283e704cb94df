// The temperature badge, the score with its three parts, and the reasons that add up to it.

import { el } from "./dom.js";

const NAMES = { cold: "Cold", warm: "Warm", hot: "Hot", red_hot: "Red-hot" };
const PARTS = ["intent", "engagement", "fit"];

/** Show how soon a rep is due. */
export function temperatureBadge(temperature) {
  return el("span", { class: `badge badge-${temperature}`, text: NAMES[temperature] ?? temperature });
}

/** Show the total, the badge, the grade and a bar for each part. */
export function scoreFigure(score) {
  const head = el("p", { class: "score-head" },
    el("span", { class: "score-total", text: score.total }),
    temperatureBadge(score.temperature),
    score.grade && el("span", { class: "grade", title: "Fit A to C, engagement 1 to 3", text: `Grade ${score.grade}` }));
  return el("div", { class: "score" }, head, el("dl", { class: "parts" }, PARTS.map((part) => partBar(part, score[part]))));
}

function partBar(part, points) {
  const bar = el("span", { class: "meter", "aria-hidden": "true" }, el("i"));
  bar.firstChild.style.width = `${Math.min(100, Math.max(0, points))}%`;
  return el("div", { class: `part part-${part}` }, el("dt", { text: part }), el("dd", {}, bar, el("span", { text: points })));
}

/** List the reasons with their points, and the sum they come to. */
export function reasonList(score) {
  const rows = score.reasons.map(reasonRow);
  const sum = score.reasons.reduce((all, reason) => all + reason.points, 0);
  return el("table", { class: "reasons" },
    el("caption", { class: "sr-only", text: "Reasons for the score" }),
    el("tbody", {}, rows),
    el("tfoot", {}, el("tr", {}, el("td", { text: sum }), el("th", { scope: "row", text: "points in all" }))));
}

function reasonRow({ points, because, quote, group }) {
  return el("tr", { class: `part-${group}` },
    el("td", { class: points < 0 ? "is-minus" : "", text: signed(points) }),
    el("th", { scope: "row" }, el("span", { text: because }), quote ? [" ", el("q", { text: quote })] : null));
}

function signed(points) {
  return points < 0 ? `\u2212${-points}` : `+${points}`;
}
