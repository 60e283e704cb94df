// The desk at a glance, in one line: what waits, what is mine, how long leads wait for a claim.

import { el, fill } from "./dom.js";
import { span } from "./times.js";

/** Show the figures of /v1/desk/summary in `root`. */
export function showSummary(root, summary) {
  const { unclaimed, mine, time_to_claim_today: today, time_to_claim_7_days: week } = summary;
  fill(root, figure("Open", unclaimed), mine !== null && figure("Mine", mine),
    figure("To claim today", wait(today)), figure("7 days", wait(week)));
}

function figure(name, value) {
  return el("div", {}, el("dt", { text: name }), el("dd", { text: value }));
}

function wait({ median_seconds: seconds }) {
  return seconds === null ? "–" : span(seconds * 1_000);
}
