/**
 * Callers of several instances of one service, as behind a load balancer: each asks again as soon
 * as it is answered, over a connection that it keeps for some requests, unless the server says that
 * an answer was the last. New connections go in turn to those instances that are in service.
 *
 * @module
 */
import {
  Connection,
  LostRequestError,
  postRequest,
} from "../../examples/predictions/load/connection.ts";
import { sampleBody } from "../../examples/predictions/sample.ts";
import { Standstill } from "./standstill.ts";

/** How many requests a connection lasts: otherwise no new instance would ever get one. */
const MOST = 50;

const question = postRequest("/optimized_predict", sampleBody);

/** Instances and their callers. */
export class Fleet {
  readonly #ports: number[] = [];
  readonly #callers: Promise<void>[];
  readonly #answers = new Map<number, number>();
  readonly #standstill = new Standstill();
  #turn = 0;
  #isOver = false;
  /** Why requests were not answered, or not rightly. */
  readonly failures: string[] = [];
  /** How many were asked once more, as the callers had stood still before. */
  askedAgain = 0;
  /** The longest that one was waited for, in ms. */
  slowestMs = 0;

  /** Begins to call the instances on these ports. */
  constructor(callers: number, ports: readonly number[]) {
    this.#ports.push(...ports);
    this.#callers = Array.from({ length: callers }, () => this.#call());
  }

  /** All answers so far. */
  get answers(): number {
    return [...this.#answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** New connections go there, too; resolves when `answers` have come from there. */
  async add(port: number, answers: number): Promise<void> {
    this.#ports.push(port);
    while ((this.#answers.get(port) ?? 0) < answers) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** No new connection goes there; those that are there stay. */
  remove(port: number): void {
    this.#ports.splice(this.#ports.indexOf(port), 1);
  }

  /** Lets each caller have its answer. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
    this.#standstill.end();
  }

  async #call(): Promise<void> {
    while (!this.#isOver) {
      const port = this.#ports[this.#turn++ % this.#ports.length]!;
      try {
        await this.#askOverOne(port);
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }

  async #askOverOne(port: number): Promise<void> {
    let calledAt = performance.now();
    const connection = await Connection.open(port);
    try {
      let isLast = false;
      for (let asked = 0; asked < MOST && !isLast && !this.#isOver; asked++) {
        const sentAt = performance.now();
        const answer = await connection.request(question);
        calledAt = sentAt;
        isLast = answer.isLast;
        const ms = performance.now() - sentAt;
        this.slowestMs = Math.max(this.slowestMs, ms);
        if (isRight(answer)) this.#count(port);
        else this.failures.push(`${answer.status} ${answer.body}`);
      }
    } catch (error) {
      if (!this.#wasLate(error, calledAt)) throw error;
      this.askedAgain++;
    } finally {
      connection.close();
    }
  }

  /** Whether the server may have hung up before the request came, as the caller stood still since its last one. */
  #wasLate(error: unknown, calledAt: number): boolean {
    return error instanceof LostRequestError && error.receivedBytes === 0 &&
      this.#standstill.since(calledAt);
  }

  #count(port: number): void {
    this.#answers.set(port, (this.#answers.get(port) ?? 0) + 1);
  }
}

function isRight({ status, body }: { status: number; body: string }): boolean {
  return status === 200 && Number.isFinite(JSON.parse(body).mean);
}
