import { type Batch, Call } from "../../src/core/call.ts";
import { Lane } from "../../src/core/lane.ts";
import { natural } from "../../src/core/policy.ts";

/** A lane that is filled by hand, with batches of up to `size` calls. */
export class FilledLane {
  readonly lane: Lane<string>;
  readonly #size: number;

  constructor(size: number, words = "") {
    const limits = { size, concurrency: 1 };
    this.lane = new Lane("key", natural().forLane(limits), false);
    this.#size = size;
    if (words !== "") words.split(" ").forEach((word, i) => this.put(word, i));
  }

  put(word: string, time: number): Call {
    if (this.lane.open.size >= this.#size) this.lane.seal();
    const call = new Call(() => {});
    this.lane.open.add(word, call, time);
    this.lane.count(1, time);
    return call;
  }

  remove(word: string): void {
    const call = this.waiting.get(word)!;
    this.lane.remove(call.batch as Batch<string>, call.index);
  }

  /** What waits, oldest first. */
  get waiting(): Map<string, Call> {
    const waiting = new Map<string, Call>();
    this.lane.forEach((batch, index) => {
      waiting.set(batch.items[index]!, batch.callAt(index));
    });
    return waiting;
  }

  get words(): string {
    return [...this.waiting.keys()].join(" ");
  }
}
