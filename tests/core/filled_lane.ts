import assert from "node:assert/strict";
import { Call } from "../../src/core/call.ts";
import { Lane } from "../../src/core/lane.ts";
import type { Load } from "../../src/core/lines.ts";
import { natural } from "../../src/core/policy.ts";

/** So many calls of any weight. */
export function load(calls: number): Load {
  return { calls, maxWeight: Infinity, now: 0, risesAfterMs: NaN };
}

/** A lane that is filled by hand, with batches of up to `size` calls. */
export class FilledLane {
  readonly lane: Lane<string>;
  readonly #size: number;

  constructor(size: number, words = "") {
    const limits = { size, concurrency: 1 };
    this.lane = new Lane({ key: "key", nested: false }, {
      policy: natural().forLane(limits),
      report: assert.ifError,
    });
    this.#size = size;
    if (words !== "") words.split(" ").forEach((word, i) => this.put(word, i));
  }

  put(word: string, time: number): Call {
    const { plain } = this.lane;
    if (plain.open.size >= this.#size) plain.seal();
    const call = new Call(() => {});
    plain.open.put(word, time, 1);
    plain.open.hold(call);
    return call;
  }

  remove(word: string): void {
    const call = this.waiting.get(word)!;
    this.lane.remove(call);
  }

  /** What waits, oldest first. */
  get waiting(): Map<string, Call> {
    const waiting = new Map<string, Call>();
    this.lane.forEach((batch, index) => {
      waiting.set(String(batch.items[index]), batch.callAt(index));
    });
    return waiting;
  }

  get words(): string {
    return [...this.waiting.keys()].join(" ");
  }
}
