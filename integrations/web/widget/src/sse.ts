// Server-sent events out of pieces of text that end anywhere.

export interface ServerEvent {
  name: string;
  data: string;
}

/** Gives a function that takes the next piece and gives the events that it completes. */
export function createParser(): (piece: string) => ServerEvent[] {
  let rest = "";
  let event = begun();
  return (piece) => {
    const events: ServerEvent[] = [];
    // A carriage return at the very end may be half of a line's end.
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line) take(event, line);
      else {
        if (event.data) events.push({ ...event, data: event.data.slice(1) });
        event = begun();
      }
    }
    return events;
  };
}

function begun(): ServerEvent {
  return { name: "message", data: "" };
}

function take(event: ServerEvent, line: string): void {
  const [, field, value = ""] = /^([a-z]+)(?:: ?(.*))?$/s.exec(line) ?? [];
  if (field === "data") event.data += `\n${value}`;
  else if (field === "event") event.name = value;
}
