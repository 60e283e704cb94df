// "What the agent saw": every turn with its signals, score, decision, facts and refused sentences.

import { request } from "./api.js";
import { reasonList, scoreFigure, temperatureBadge } from "./badges.js";
import { anchor, el, fill } from "./dom.js";

const WRITERS = { composed: "composed from the facts, without a model" };
const SHOWN_FACTS = 3;
const SETTLE = 200;
const LATER = [1_500, 4_000, 9_000];

export class SawPanel {
  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
    this.timers = [];
  }

  open(conversation) {
    this.conversation = conversation;
    this.shown = null;
    this.show([]);
  }

  /** Look for new turns now, and again a little later: a turn without a reply sends no event. */
  refresh() {
    this.timers.forEach(clearTimeout);
    this.timers = [SETTLE, ...LATER].map((wait) => setTimeout(() => this.load(), wait));
  }

  async load() {
    const { conversation } = this;
    if (!conversation) return;
    const path = `/demo/conversations/${encodeURIComponent(conversation.conversation_id)}/turns`;
    const answer = await request(path, { token: conversation.visitor_token }).catch(() => null);
    if (answer && conversation === this.conversation) this.show(answer.turns ?? answer);
  }

  show(turns) {
    const content = JSON.stringify(turns);
    if (content === this.shown) return;
    this.shown = content;
    this.empty.hidden = turns.length > 0;
    fill(this.list, turns.map((turn, index) => turnItem(turn, index + 1, index === turns.length - 1)).reverse());
  }
}

/** Show one turn; the newest is open. */
export function turnItem(turn, number, isNewest) {
  const summary = el("summary", {}, el("span", { class: "turn-name", text: `Turn ${number}` }),
    el("span", { class: "kind", text: words(turn.kind) }), turn.score && temperatureBadge(turn.score.temperature));
  return el("li", {}, el("details", { class: "turn", open: isNewest }, summary, el("div", { class: "turn-body" },
    heardPart(turn), scorePart(turn), part("Decided", turn.decision && el("p", { class: "decision", text: turn.decision })),
    factsPart(turn), refusedPart(turn), writerPart(turn))));
}

function part(title, ...content) {
  const shown = content.flat().filter(Boolean);
  return shown.length ? el("section", { class: "part-of-turn" }, el("h3", { text: title }), shown) : null;
}

function heardPart({ signals, competitors, readiness, language }) {
  const chips = byQuote(signals ?? []).map(quotedSignals);
  const list = chips.length ? el("ul", { class: "signals" }, chips) : el("p", { class: "quiet", text: "No buying signal in these words." });
  const rest = [readiness && `These words alone: ${words(readiness)}`, language && `language ${language}`,
    competitors?.length && `names ${competitors.join(", ")}`].filter(Boolean).join(" · ");
  return part("Heard", list, rest && el("p", { class: "quiet", text: rest }));
}

function byQuote(signals) {
  const groups = new Map();
  for (const signal of signals) groups.set(signal.quote, [...(groups.get(signal.quote) ?? []), signal]);
  return [...groups];
}

function quotedSignals([quote, signals]) {
  return el("li", {}, el("p", { class: "chips" }, signals.map(signalChip)), el("q", { text: quote }));
}

function signalChip({ kind, confidence }) {
  const percent = `${Math.round(confidence * 100)} %`;
  return el("span", { class: "chip" }, words(kind), el("span", { class: "percent", title: "Confidence", text: percent }));
}

function scorePart({ score }) {
  if (!score) return null;
  const open = score.reasons.length > 0 && score.reasons.length <= 8;
  const reasons = el("details", { class: "why", open }, el("summary", { text: `Why ${score.total}` }), reasonList(score));
  return part("Score", scoreFigure(score), score.reasons.length ? reasons : null);
}

function factsPart({ facts }) {
  const items = (facts ?? []).map(({ title, url, text }) => el("li", {}, anchor(title, url), el("p", { text })));
  const [first, rest] = [items.slice(0, SHOWN_FACTS), items.slice(SHOWN_FACTS)];
  return part("Facts used", first.length && el("ul", { class: "facts" }, first),
    rest.length && el("details", { class: "why" }, el("summary", { text: `${rest.length} more` }), el("ul", { class: "facts" }, rest)));
}

function refusedPart({ refused }) {
  const items = (refused ?? []).map(({ text, because }) => el("li", {}, el("s", { text }), el("p", { text: because })));
  return part("Held back", items.length && el("ul", { class: "refused" }, items));
}

function writerPart({ writer, degraded, milliseconds }) {
  const steps = Object.entries(milliseconds ?? {});
  const times = steps.map(([step, spent]) => el("li", {}, `${words(step)} `, el("b", { text: Math.round(spent) }), " ms"));
  return part("Written by", el("p", { class: "writer", text: WRITERS[writer] ?? words(writer ?? "nobody: no reply was due") }),
    degraded && el("p", { class: "degraded", text: degraded }), times.length && el("ul", { class: "steps" }, times));
}

function words(name) {
  return String(name ?? "").replaceAll("_", " ");
}
