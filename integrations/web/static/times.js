// Instants and spans in the reader's own words.

/** Give the time of day, with the day when it is not that of `reference` (today unless given). */
export function clockTime(iso, reference = new Date()) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return isSameDay(at, new Date(reference)) ? time : `${shortDay(at)}, ${time}`;
}

function isSameDay(one, other) {
  return one.toDateString() === other.toDateString();
}

function shortDay(at) {
  return at.toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" });
}

/** Give how long ago something was, in one unit. */
export function ago(iso, now = Date.now()) {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (!Number.isFinite(minutes) || minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / 1440)} days ago`;
}

/** Give a span of milliseconds as 4:05, 1 h 12 min or 3 days. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days`;
}
