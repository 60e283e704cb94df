import assert from "node:assert/strict";
import { test } from "node:test";
import { createGreeter } from "../../../../integrations/web/widget/src/greeting.ts";
import type {
  Greeting,
  Kept,
} from "../../../../integrations/web/widget/src/types.ts";
import { FakeClock, FakeStore } from "./fake_page.ts";

const PRICING = {
  id: "pricing",
  text: "Questions about a plan?",
  after_seconds: 25,
  suggestions: [],
};
const OTHER = { ...PRICING, id: "other" };

class Visit {
  clock = new FakeClock();
  store: FakeStore;
  shown: string[] = [];
  isGoodMoment = true;
  isLooking = true;
  seconds = 0;
  greeter;

  constructor(kept: Partial<Kept> = {}) {
    this.store = new FakeStore(kept);
    const show = ({ id }: Greeting) => {
      if (this.isGoodMoment) this.shown.push(id);
      return this.isGoodMoment;
    };
    this.greeter = createGreeter(
      this.clock,
      this.store,
      () => this.seconds,
      show,
    );
  }

  pass(seconds: number): void {
    for (let at = 0; at < seconds; at++) {
      if (this.isLooking) this.seconds++;
      this.clock.pass(1000);
    }
  }
}

test("A greeting waits for its time on the page", () => {
  const visit = new Visit();
  visit.greeter.offer(PRICING);
  visit.pass(24);
  assert.deepEqual(visit.shown, []);
  visit.pass(2);
  assert.deepEqual(visit.shown, ["pricing"]);
});

test("Time in the background does not count", () => {
  const visit = new Visit();
  visit.isLooking = false;
  visit.greeter.offer(PRICING);
  visit.pass(100);
  assert.deepEqual(visit.shown, []);
});

test("A greeting waits while the moment is wrong, and is shown once it is right", () => {
  const visit = new Visit();
  visit.isGoodMoment = false;
  visit.greeter.offer(PRICING);
  visit.pass(60);
  visit.isGoodMoment = true;
  visit.pass(60);
  assert.deepEqual(visit.shown, ["pricing"]);
});

test("A page greets once", () => {
  const visit = new Visit();
  visit.seconds = 30;
  visit.greeter.offer(PRICING);
  visit.greeter.offer(OTHER);
  visit.pass(60);
  assert.deepEqual(visit.shown, ["pricing"]);
});

test("The next page may greet anew, but not with what was said before", () => {
  const visit = new Visit();
  visit.seconds = 30;
  for (const greeting of [PRICING, PRICING, OTHER]) {
    visit.greeter.offer(greeting);
    visit.greeter.forget();
  }
  assert.deepEqual(visit.shown, ["pricing", "other"]);
  assert.deepEqual(visit.store.get("greeted"), ["pricing", "other"]);
});

test("A page that is left takes its greeting along", () => {
  const visit = new Visit();
  visit.greeter.offer(PRICING);
  visit.greeter.forget();
  visit.pass(60);
  assert.deepEqual(visit.shown, []);
});

test("After a dismissal nothing greets any more", () => {
  const visit = new Visit();
  visit.greeter.dismiss();
  visit.seconds = 30;
  visit.greeter.offer(PRICING);
  visit.pass(60);
  assert.deepEqual(visit.shown, []);
});

test("Who dismissed one on an earlier visit is not greeted", () => {
  const visit = new Visit({ greeted: ["*"] });
  visit.greeter.offer(PRICING);
  visit.pass(60);
  assert.deepEqual(visit.shown, []);
});

test("Who is in a conversation is not greeted, also when it began meanwhile", () => {
  const visit = new Visit();
  visit.greeter.offer(PRICING);
  visit.pass(10);
  visit.store.set("conversation", {
    id: "c-1",
    token: "t",
    renewedAt: 0,
    seen: 0,
  });
  visit.pass(60);
  assert.deepEqual(visit.shown, []);
});
