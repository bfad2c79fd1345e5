/**
 * One endpoint under a load that grows step by step.
 *
 * @module
 */
import { postRequest } from "../../examples/predictions/load/connection.ts";
import { Random } from "../simulation/random.ts";
import { type Batches, batchesAt, meanBatch } from "./batches.ts";
import { OpenLoop, Tally } from "./open_loop.ts";
import { type Seen, seenIn } from "./seen.ts";

/** What is loaded, and by whom. */
export interface ClimbPlan {
  readonly port: number;
  readonly path: string;
  readonly bodies: readonly string[];
  /** After how long clients give up. */
  readonly timeoutMs: number;
}

/**
 * Enough for a service that refuses in a few ms, however many it refuses; and not so many that the
 * one that does not is busy for long with clients who have gone.
 */
const CONNECTIONS = 1024;

/** A generator that is later than that says more of the machine than of the service. */
const LATE_MS = 5;

/** How much is spent on a step. */
export interface StepEffort {
  readonly seconds: number;
  /** How often it is tried at most. */
  readonly tries: number;
}

/** When something was seen, in ms, how much was answered in that time, and the batches until then. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly answered: number;
  readonly since: Batches;
}

/** A load that can be made heavier. */
export class Climb {
  readonly path: string;
  /** What was seen second by second, and step by step. */
  readonly seconds: Seen[] = [];
  readonly steps: Seen[] = [];
  readonly #plan: ClimbPlan;
  readonly #loop: OpenLoop;

  /** Begins with no load at all. */
  constructor(plan: ClimbPlan) {
    const { port, path, bodies, timeoutMs } = plan;
    this.path = path;
    this.#plan = plan;
    this.#loop = new OpenLoop({
      port,
      requests: bodies.map((body) => postRequest(path, body)),
      perSecond: 0,
      connections: CONNECTIONS,
      timeoutMs,
      random: new Random(1, path),
    });
  }

  /**
   * Loads it for some seconds and waits for what is out then; several times while the machine is
   * too busy for the generator to keep up. The calmest time counts.
   */
  async step(perSecond: number, effort: StepEffort): Promise<Seen> {
    let calmest = await this.#attempt(perSecond, effort);
    for (let tries = 1; tries < effort.tries; tries++) {
      if (calmest.whole.latenessMs <= LATE_MS) break;
      const next = await this.#attempt(perSecond, effort);
      if (next.whole.latenessMs < calmest.whole.latenessMs) calmest = next;
    }
    this.seconds.push(...calmest.parts);
    this.steps.push(calmest.whole);
    return calmest.whole;
  }

  async #attempt(
    perSecond: number,
    { seconds }: StepEffort,
  ): Promise<{ parts: Seen[]; whole: Seen }> {
    const { port, timeoutMs } = this.#plan;
    const all = new Tally();
    const parts: Seen[] = [];
    const first = await batchesAt(port);
    let answered = 0;
    let before = first;
    const see = (tally: Tally, span: Span) =>
      seenIn(tally, {
        at: this.seconds.length + parts.length + 1,
        seconds: (span.to - span.from) / 1000,
        perSecond,
        timeoutMs,
        answered: span.answered,
        meanBatch: meanBatch(span.since, before),
      });
    this.#loop.pace(perSecond);
    const from = performance.now();
    let to = from;
    for (let second = 1; second <= seconds; second++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const tally = this.#loop.take();
      const part = { from: to, answered: tally.latencies.count, since: before };
      to = performance.now();
      answered += part.answered;
      // What is out at the end is waited for: it was offered, but is nothing that was done in time for it.
      if (second === seconds) tally.include(await this.#rest());
      before = await batchesAt(port);
      all.include(tally);
      parts.push(see(tally, { ...part, to }));
    }
    return { parts, whole: see(all, { from, to, answered, since: first }) };
  }

  async #rest(): Promise<Tally> {
    await this.#loop.rest();
    await this.#settled();
    return this.#loop.take();
  }

  /** Its clients have gone, but the service may still be busy with what they wanted. */
  async #settled(): Promise<void> {
    while ((await batchesAt(this.#plan.port)).waiting > 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Hangs up. */
  end(): Promise<void> {
    return this.#loop.end();
  }
}
