/**
 * An open loop: requests come by chance, as from people who do not know of each other, whether
 * or not those before them have been answered. A latency counts from the moment when the request
 * was meant to be sent, so that a slow server, or a slow generator, cannot hide what it does to
 * those who come meanwhile.
 *
 * @module
 */
import {
  type Answer,
  Connection,
} from "../../examples/predictions/load/connection.ts";
import { Latencies } from "../simulation/latencies.ts";
import type { Random } from "../simulation/random.ts";

/** What is to be asked, and how often. */
export interface OpenLoopPlan {
  readonly port: number;
  /** The text of each request; they are sent in turn. */
  readonly requests: readonly string[];
  readonly perSecond: number;
  /**
   * Most connections. Requests for which there is none wait, and their time counts: where clients
   * that give up came back over ever new connections, a service that was slow for a moment would
   * have to accept connections for the rest of the day.
   */
  readonly connections: number;
  /** After how long a client gives up; after half of it, where it has got no connection. */
  readonly timeoutMs: number;
  readonly random: Random;
}

/** What became of the requests of some time. */
export class Tally {
  /** From when a request was meant to be sent until its answer was there, of good ones. */
  readonly latencies: Latencies = new Latencies();
  /** The same of those that a service refused because it has too much to do (503). */
  readonly refusals: Latencies = new Latencies();
  /** How long after that moment the generator came to look at a request: what it did not keep up with. */
  readonly lateness: Latencies = new Latencies();
  /** Answers with another status than 200, by status; 0: none came in time. */
  readonly failures: Map<number, number> = new Map();

  /** How many were to be sent. */
  get offered(): number {
    return this.lateness.count;
  }

  /** How many were not answered with 200 in time. */
  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Counts one that failed. */
  fail(status: number): void {
    this.#fail(status, 1);
  }

  /** Counts what another one has counted. */
  include(other: Tally): void {
    this.latencies.include(other.latencies);
    this.refusals.include(other.refusals);
    this.lateness.include(other.lateness);
    for (const [status, count] of other.failures) this.#fail(status, count);
  }

  #fail(status: number, count: number): void {
    this.failures.set(status, (this.failures.get(status) ?? 0) + count);
  }
}

/** The soonest that servers hang up on idle connections is after 5 s, on Node. */
const IDLE_MS = 3000;

/** A request that has not been answered yet. */
interface Sent {
  readonly meantAt: number;
  /** There when it is open. */
  connection: Connection | undefined;
}

/** Sends requests until it is ended. */
export class OpenLoop {
  readonly #plan: OpenLoopPlan;
  /** When requests are meant to be sent for which there was no connection yet, the oldest first. */
  #due: number[] = [];
  /** Connections without a request, the one that was used last behind. */
  readonly #idle: { connection: Connection; since: number }[] = [];
  /** In the order in which they were meant to be sent, or nearly so. */
  readonly #sent = new Set<Sent>();
  readonly #ticking: ReturnType<typeof setInterval>;
  /** Changed by `pace`. */
  #perSecond = 0;
  #nextAt = Infinity;
  #turn = 0;
  #tally = new Tally();

  /** Begins. */
  constructor(plan: OpenLoopPlan) {
    this.#plan = plan;
    this.pace(plan.perSecond);
    this.#ticking = setInterval(() => this.#tick(), 1);
  }

  /** What has happened since it was asked last. */
  take(): Tally {
    const tally = this.#tally;
    this.#tally = new Tally();
    return tally;
  }

  /** Changes how often requests come, from now on. */
  pace(perSecond: number): void {
    this.#perSecond = perSecond;
    const now = performance.now();
    this.#nextAt = perSecond > 0 ? now + this.#wait() : Infinity;
  }

  /** Sends no more for now, and waits for what is out. */
  async rest(): Promise<void> {
    this.pace(0);
    while (this.#sent.size > 0 || this.#due.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Sends no more, and waits for what is out. */
  async end(): Promise<void> {
    await this.rest();
    clearInterval(this.#ticking);
    for (const { connection } of this.#idle) connection.close();
  }

  #tick(): void {
    const now = performance.now();
    while (this.#nextAt <= now) {
      this.#due.push(this.#nextAt);
      this.#tally.lateness.add(now - this.#nextAt);
      this.#nextAt += this.#wait();
    }
    this.#giveUp(now);
    this.#sendDue();
  }

  #wait(): number {
    return this.#plan.random.wait(1000 / this.#perSecond);
  }

  /** Clients that give up hang up. */
  #giveUp(now: number): void {
    const soonest = now - this.#plan.timeoutMs;
    for (const { meantAt, connection } of this.#sent) {
      if (meantAt >= soonest) break;
      connection?.close();
    }
    // Sent with hardly any time left, all would be given up, and nobody ever answered again.
    const soonestUnsent = now - this.#plan.timeoutMs / 2;
    let late = 0;
    for (; this.#due[late]! < soonestUnsent; late++) this.#tally.fail(0);
    this.#due.splice(0, late);
  }

  #sendDue(): void {
    const { connections } = this.#plan;
    const room = connections - this.#sent.size;
    for (const meantAt of this.#due.splice(0, room)) this.#send(meantAt);
  }

  async #send(meantAt: number): Promise<void> {
    const { port, requests } = this.#plan;
    const request = requests[this.#turn++ % requests.length]!;
    const sent: Sent = { meantAt, connection: this.#reused() };
    this.#sent.add(sent);
    try {
      sent.connection ??= await Connection.open(port);
      const answer = await sent.connection.request(request);
      this.#settle(meantAt, sent.connection, answer);
    } catch {
      // Given up, or hung up on.
      this.#tally.fail(0);
    }
    this.#sent.delete(sent);
    this.#sendDue();
  }

  /** An open connection. Servers hang up on those that are idle for long: so do we, but sooner. */
  #reused(): Connection | undefined {
    const { connection, since } = this.#idle.pop() ?? {};
    if (connection === undefined) return undefined;
    if (performance.now() - since! < IDLE_MS) return connection;
    connection.close();
    return this.#reused();
  }

  #settle(meantAt: number, connection: Connection, answer: Answer): void {
    const now = performance.now();
    if (answer.isLast) connection.close();
    else this.#idle.push({ connection, since: now });
    const ms = now - meantAt;
    if (ms > this.#plan.timeoutMs) this.#tally.fail(0);
    else if (answer.status === 200) this.#tally.latencies.add(ms);
    else {
      this.#tally.fail(answer.status);
      if (answer.status === 503) this.#tally.refusals.add(ms);
    }
  }
}
