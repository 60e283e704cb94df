// Behind "More": how the score adds up, what is known with its evidence, why these reps, who did and saw what.

import { request } from "./api.js";
import { reasonList, scoreFigure } from "./badges.js";
import { byId, el, fill } from "./dom.js";
import { turnItem } from "./saw.js";
import { ago, clockTime } from "./times.js";

const DID = {
  opened: "called reps", claimed: "claimed it", spoke: "wrote to the visitor", given_back: "gave it back to the agent",
  closed: "closed it", snoozed: "held reminders back", taken_again: "took it again", called: "made the call that was promised",
  seen: "saw it", nudged: "reminded the desk", escalated: "told the manager",
};
const REFRESHED = "refreshed";
const METHODS = [["bant", "BANT"], ["meddic", "MEDDIC"]];

export class Details {
  constructor({ repName, say }) {
    Object.assign(this, { repName, say });
    this.dialog = byId("more-dialog");
    byId("more-close").addEventListener("click", () => this.dialog.close());
  }

  /** Read all there is on a handoff and show it. */
  async open(handoffId) {
    fill(byId("more"), el("p", { class: "quiet", text: "Looking…" }));
    this.dialog.showModal();
    try {
      const handoff = await request(`/v1/handoffs/${encodeURIComponent(handoffId)}`);
      fill(byId("more"), this.sections(handoff));
    } catch (error) {
      this.dialog.close();
      this.say(error.message);
    }
  }

  sections(handoff) {
    const { briefing, qualification, route, log, feedback, turns, reason } = handoff;
    return [
      section("Score", el("p", { class: "quiet", text: reason }), scoreFigure(briefing.score), reasonList(briefing.score)),
      section("Qualification", METHODS.map(([key, name]) => criteria(name, qualification[key]))),
      section("Why these reps", this.route(route)),
      section("Who did and saw what", this.log(log)),
      feedback.length > 0 && section("What reps said of it", el("ul", { class: "plain" }, feedback.map((told) => this.told(told)))),
      turns.length > 0 && section("What the agent saw", el("ol", { class: "turns" }, turns.map((turn, index) => turnItem(turn, index + 1, false)))),
    ];
  }

  route(steps) {
    if (!steps.length) return el("p", { class: "quiet", text: "Nobody was considered." });
    return el("ul", { class: "plain" }, steps.map(({ rep_id: rep, is_chosen: isChosen, because }) =>
      el("li", { class: isChosen ? "is-chosen" : "" }, el("b", { text: this.repName(rep) }), ` ${isChosen ? "called" : "not called"}: ${because}`)));
  }

  log(entries) {
    const told = entries.filter(({ because }) => because !== REFRESHED);
    return el("ol", { class: "timeline" }, told.map(({ at, rep_id: rep, because }) => {
      const words = DID[because] ?? because.replaceAll("_", " ");
      const isSentence = !(because in DID) && /[.!?”]$/.test(words);
      return el("li", {}, el("span", { text: isSentence ? words : `${rep ? this.repName(rep) : "Hotline"} ${words}` }),
        el("time", { datetime: at, title: ago(at), text: clockTime(at) }));
    }));
  }

  told({ rep_id: rep, outcome, value, reason, note, at }) {
    const parts = [outcome?.replaceAll("_", " ") ?? "no outcome", reason?.replaceAll("_", " "), value && `worth ${value.toLocaleString()}`, note];
    return el("li", {}, el("b", { text: this.repName(rep) }), ` ${parts.filter(Boolean).join(" · ")} `, el("time", { datetime: at, class: "quiet", text: clockTime(at) }));
  }
}

function section(title, ...content) {
  return el("section", {}, el("h3", { text: title }), content.flat(2));
}

function criteria(name, known) {
  const rows = Object.entries(known).map(([criterion, { status, evidence, value, is_negative: isNegative }]) => {
    const said = status === "known" ? [isNegative ? "no: " : "", el("q", { dir: "auto", text: evidence || value })] : el("span", { class: "quiet", text: "missing" });
    return el("div", {}, el("dt", { text: criterion.replaceAll("_", " ") }), el("dd", {}, said));
  });
  return [el("h4", { text: name }), el("dl", { class: "criteria" }, rows)];
}
