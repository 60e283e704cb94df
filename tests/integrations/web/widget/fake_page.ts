// A page without a browser: the little of window and document that the widget asks for, and a clock to turn by hand.

import type { Clock } from "../../../../integrations/web/widget/src/clock.ts";
import type {
  Kept,
  Store,
} from "../../../../integrations/web/widget/src/types.ts";

type Wanted = Window & typeof globalThis;

export class FakeClock implements Clock {
  time = Date.parse("2026-03-02T10:00:00Z");
  #planned: { at: number; run: () => void }[] = [];

  now = (): number => this.time;

  after = (milliseconds: number, run: () => void): (() => void) => {
    const planned = { at: this.time + milliseconds, run };
    this.#planned.push(planned);
    return () =>
      void (this.#planned = this.#planned.filter((one) => one !== planned));
  };

  /** Let time pass, and everything happen that was planned for it. */
  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.#planned
        .filter(({ at }) => at <= end)
        .sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.#planned = this.#planned.filter((one) => one !== next);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}

export class FakeStore implements Store {
  isAllowed = false;
  kept: Partial<Kept>;

  constructor(kept: Partial<Kept> = {}) {
    this.kept = kept;
  }

  get<K extends keyof Kept>(key: K): Kept[K] | undefined {
    return this.kept[key];
  }

  set<K extends keyof Kept>(key: K, value: Kept[K] | undefined): void {
    if (value === undefined) delete this.kept[key];
    else this.kept[key] = value;
  }

  allow(): void {
    this.isAllowed = true;
  }

  clear(): void {
    this.kept = {};
    this.isAllowed = false;
  }
}

class FakeElement extends EventTarget {
  isConnected = false;
  connectedCallback?(): void;
  disconnectedCallback?(): void;

  remove(): void {
    const was = this.isConnected;
    this.isConnected = false;
    if (was) this.disconnectedCallback?.();
  }
}

class FakeBody {
  children: FakeElement[] = [];

  append(element: FakeElement): void {
    this.children.push(element);
    element.isConnected = true;
    element.connectedCallback?.();
  }
}

class FakeDocument extends EventTarget {
  title = "Start";
  referrer = "https://search.example/";
  hidden = false;
  documentElement = { lang: "en" };
  currentScript: unknown = null;
  body: FakeBody | null = new FakeBody();
  querySelector = checkSelector;
}

function checkSelector(selector: string): null {
  if (/[[({,]$|^$/.test(selector))
    throw new SyntaxError(`'${selector}' is not a valid selector`);
  return null;
}

/** A window at an address, whose history can be pushed. */
export class FakePage extends EventTarget {
  document = new FakeDocument();
  navigator: {
    language: string;
    doNotTrack: string | null;
    globalPrivacyControl?: boolean;
  } = {
    language: "en-GB",
    doNotTrack: null,
  };
  location: URL;
  innerWidth = 1280;
  HTMLElement = FakeElement;
  defined = new Map<string, unknown>();
  customElements = {
    get: (name: string) => this.defined.get(name),
    define: (name: string, element: unknown) =>
      void this.defined.set(name, element),
  };
  history = {
    pushState: (_state: unknown, _unused: string, url: string) => this.go(url),
    replaceState: (_state: unknown, _unused: string, url: string) =>
      this.go(url),
  };
  Hotline?: unknown;
  hotlineSettings?: unknown;

  constructor(url = "https://shop.example/") {
    super();
    this.location = new URL(url);
  }

  /** As the type that the sources ask for. */
  get window(): Wanted {
    return this as unknown as Wanted;
  }

  go(url: string): void {
    this.location = new URL(url, this.location);
  }

  push(url: string): void {
    this.history.pushState(null, "", url);
  }

  show(state: "visible" | "hidden"): void {
    this.document.hidden = state === "hidden";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }
}

/** Everything the console was told while `act` ran. */
export function complaints(act: () => void): string[] {
  const said: string[] = [];
  const { warn, error } = console;
  console.warn = console.error = (...words: unknown[]) =>
    void said.push(words.join(" "));
  try {
    act();
  } finally {
    Object.assign(console, { warn, error });
  }
  return said;
}
