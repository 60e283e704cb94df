// The list of handoffs: who waits first, hottest first, with waiting and due times that tick.

import { temperatureBadge } from "./badges.js";
import { el, fill } from "./dom.js";
import { clockTime, span } from "./times.js";

const HEAT = ["red_hot", "hot", "warm", "cold"];
const GROUPS = [["waiting", "Waiting"], ["mine", "Mine"], ["others", "With colleagues"], ["snoozed", "Snoozed"], ["ended", "Ended"]];
const MOST_ENDED = 12;

export const isActive = ({ state }) => state === "open" || state === "claimed";

/** Say in which part of the list a handoff stands for this rep. */
export function groupOf({ state, claimed_by: holder, snoozed_until: until }, rep, now = Date.now()) {
  if (state === "claimed") return holder === rep ? "mine" : "others";
  if (state !== "open") return "ended";
  return until && Date.parse(until) > now ? "snoozed" : "waiting";
}

/** Order handoffs as a rep should take them, in parts; of those ended only the latest are kept. */
export function grouped(handoffs, rep) {
  const parts = GROUPS.map(([key, name]) => [key, name, inOrder(handoffs.filter((handoff) => groupOf(handoff, rep) === key), key)]);
  return parts.filter(([, , found]) => found.length);
}

function inOrder(handoffs, key) {
  if (key === "ended") return handoffs.sort((one, other) => endOf(other).localeCompare(endOf(one))).slice(0, MOST_ENDED);
  return handoffs.sort(byUrgency);
}

function endOf({ ended_at: ended, opened_at: opened }) {
  return ended ?? opened;
}

function byUrgency(one, other) {
  return HEAT.indexOf(one.temperature) - HEAT.indexOf(other.temperature) || one.opened_at.localeCompare(other.opened_at);
}

/** Fill the list; `onChoose(handoff_id)` when one is picked. */
export function showQueue(root, handoffs, { rep, chosen, isNew, repName, onChoose }) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const parts = grouped(handoffs, rep).map(([key, name, found]) => {
    const items = found.map((handoff) => el("li", {}, queueItem(handoff, { chosen, isNew, repName, onChoose })));
    return el("section", { class: `part-${key}`, "aria-label": name }, el("h3", {}, `${name} `, el("span", { class: "quiet", text: found.length })), el("ul", {}, items));
  });
  fill(root, parts);
  if (focused) root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  tickQueue(root);
}

function queueItem(handoff, { chosen, isNew, repName, onChoose }) {
  const { handoff_id: id, briefing, state, temperature } = handoff;
  const item = el("button", { type: "button", class: `item is-${state}`, "data-testid": "desk-item", "data-id": id, "aria-current": id === chosen && "true", onclick: () => onChoose(id) },
    el("span", { class: "item-top" }, temperatureBadge(temperature), el("span", { class: "total", text: briefing.score?.total }), timing(handoff)),
    el("span", { class: "item-who", dir: "auto", text: briefing.who || "Anonymous visitor" }),
    briefing.company && el("span", { class: "item-company", dir: "auto", text: briefing.company }),
    briefing.quote && el("q", { class: "item-quote", dir: "auto", text: briefing.quote }),
    el("span", { class: "item-state", text: stateWords(handoff, repName) }));
  item.classList.toggle("is-new", state === "open" && isNew(id));
  return item;
}

function timing({ state, opened_at: opened, due_at: due, snoozed_until: until }) {
  if (state !== "open") return null;
  if (until && Date.parse(until) > Date.now()) return el("span", { class: "timing", text: `until ${clockTime(until)}` });
  return el("span", { class: "timing" }, el("span", { "data-since": opened }), due && el("span", { "data-due": due }));
}

/** Say in words where a handoff stands. */
export function stateWords({ state, claimed_by: rep, outcome, snoozed_until: until }, repName) {
  if (state === "open") return until && Date.parse(until) > Date.now() ? `Snoozed until ${clockTime(until)}` : "Waiting for a rep";
  if (state === "claimed") return `Claimed by ${repName(rep)}`;
  if (state === "given_back") return "Given back to the agent";
  return outcome ? `Closed: ${outcome.replaceAll("_", " ")}` : "Closed";
}

/** Bring the waiting and due times up to date. */
export function tickQueue(root, now = Date.now()) {
  for (const node of root.querySelectorAll("[data-since]")) node.textContent = `waits ${span(now - Date.parse(node.dataset.since))}`;
  for (const node of root.querySelectorAll("[data-due]")) showDue(node, Date.parse(node.dataset.due) - now);
}

function showDue(node, left) {
  node.textContent = left >= 0 ? `due in ${span(left)}` : `overdue ${span(-left)}`;
  node.classList.toggle("is-over", left < 0);
}
