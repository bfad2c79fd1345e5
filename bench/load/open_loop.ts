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
  /** How long after that moment requests were really sent: what the generator did not keep up with. */
  readonly lateness: Latencies = new Latencies();
  /** Answers with another status than 200, by status; 0: none came in time. */
  readonly failures: Map<number, number> = new Map();

  /** How many were not answered with 200 in time. */
  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Counts one that failed. */
  fail(status: number): void {
    this.failures.set(status, (this.failures.get(status) ?? 0) + 1);
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
  #nextAt = performance.now();
  #turn = 0;
  #tally = new Tally();

  /** Begins. */
  constructor(plan: OpenLoopPlan) {
    this.#plan = plan;
    this.#ticking = setInterval(() => this.#tick(), 1);
  }

  /** What has happened since it was asked last. */
  take(): Tally {
    const tally = this.#tally;
    this.#tally = new Tally();
    return tally;
  }

  /** Sends no more, and waits for what is out. */
  async end(): Promise<void> {
    clearInterval(this.#ticking);
    while (this.#sent.size > 0 || this.#due.length > 0) {
      this.#giveUp(performance.now());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (const { connection } of this.#idle) connection.close();
  }

  #tick(): void {
    const now = performance.now();
    const { perSecond, random } = this.#plan;
    while (this.#nextAt <= now) {
      this.#due.push(this.#nextAt);
      this.#nextAt += random.wait(1000 / perSecond);
    }
    this.#giveUp(now);
    this.#sendDue();
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
    const late = this.#due.filter((meantAt) => meantAt < soonestUnsent);
    for (const _ of late) this.#tally.fail(0);
    this.#due.splice(0, late.length);
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
      this.#tally.lateness.add(performance.now() - meantAt);
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
    else if (answer.status !== 200) this.#tally.fail(answer.status);
    else this.#tally.latencies.add(ms);
  }
}
