// The list of handoffs: open first, hottest first, with waiting and due times that tick.

import { temperatureBadge } from "./badges.js";
import { el, fill } from "./dom.js";
import { span } from "./times.js";

const HEAT = ["red_hot", "hot", "warm", "cold"];
const STATES = ["open", "claimed", "given_back", "closed"];
const MOST_ENDED = 12;

export const isActive = ({ state }) => state === "open" || state === "claimed";

/** Order handoffs as a rep should take them; of those ended only the latest are kept. */
export function ordered(handoffs) {
  const active = handoffs.filter(isActive).sort(byUrgency);
  const ended = handoffs.filter((handoff) => !isActive(handoff)).sort((one, other) => other.opened_at.localeCompare(one.opened_at));
  return [...active, ...ended.slice(0, MOST_ENDED)];
}

function byUrgency(one, other) {
  return STATES.indexOf(one.state) - STATES.indexOf(other.state)
    || HEAT.indexOf(one.temperature) - HEAT.indexOf(other.temperature)
    || one.opened_at.localeCompare(other.opened_at);
}

/** Fill the list; `onChoose(handoff_id)` when one is picked. */
export function showQueue(root, handoffs, { chosen, isNew, repName, onChoose }) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  fill(root, ordered(handoffs).map((handoff) => el("li", {}, queueItem(handoff, { chosen, isNew, repName, onChoose }))));
  if (focused) root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  tickQueue(root);
}

function queueItem(handoff, { chosen, isNew, repName, onChoose }) {
  const { handoff_id: id, briefing, state, temperature } = handoff;
  const item = el("button", { type: "button", class: `item is-${state}`, "data-testid": "desk-item", "data-id": id, "aria-current": id === chosen && "true", onclick: () => onChoose(id) },
    el("span", { class: "item-top" }, temperatureBadge(temperature), el("span", { class: "total", text: briefing.score?.total }), timing(handoff)),
    el("span", { class: "item-who", text: briefing.who || "Anonymous visitor" }),
    briefing.company && el("span", { class: "item-company", text: briefing.company }),
    briefing.quote && el("q", { class: "item-quote", text: briefing.quote }),
    el("span", { class: "item-state", text: stateWords(handoff, repName) }));
  item.classList.toggle("is-new", state === "open" && isNew(id));
  return item;
}

function timing({ state, opened_at: opened, due_at: due }) {
  if (state !== "open") return null;
  return el("span", { class: "timing" }, el("span", { "data-since": opened }), due && el("span", { "data-due": due }));
}

/** Say in words where a handoff stands. */
export function stateWords({ state, claimed_by: rep, outcome }, repName) {
  if (state === "open") return "Waiting for a rep";
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
