// Server-sent events out of pieces of text that end anywhere.

export interface ServerEvent {
  name: string;
  data: string;
}

/** Gives a function that takes the next piece and gives the events that it completes. */
export function createParser(): (piece: string) => ServerEvent[] {
  let rest = "";
  return (piece) => {
    // A carriage return at the very end may be half of a line's end.
    const blocks = (rest + piece).replace(/\r\n|\r(?!$)/g, "\n").split("\n\n");
    const events: ServerEvent[] = [];
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = { name: "message", data: "" };
      for (const [, field, value] of block.matchAll(/(?:^|\n)(event|data): ?([^\n]*)/g)) {
        if (field === "data") event.data += (event.data && "\n") + value;
        else event.name = `${value}`;
      }
      if (event.data) events.push(event);
    }
    return events;
  };
}
