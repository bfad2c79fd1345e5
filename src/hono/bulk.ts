/**
 * `POST path/bulk`: many items, an answer for each of them.
 *
 * @module
 */
import type { Context } from "hono";
import { demandsOf } from "../call_options.ts";
import { BulkAnswer, type BulkEntry } from "./bulk_answer.ts";
import { isBytes, toBase64 } from "./bytes.ts";
import { entriesOf, type Entry } from "./entries.ts";
import type { Exposed } from "./exposed.ts";
import { answerType } from "./media.ts";
import { clientHasGone, type Visit } from "./visit.ts";

/** Answers a request with many items. */
export async function answerMany(c: Context, visit: Visit): Promise<Response> {
  try {
    visit.admit();
    const { type, entries } = await entriesOf(c, visit.exposed);
    const answer = answerType(c, type);
    const bulk = new Bulk(visit, answer);
    bulk.feed(entries);
    await bulk.begun;
    return visit.answer(bulk.stream, answer);
  } catch (error) {
    return visit.fail(error);
  }
}

/** The calls of one bulk. */
class Bulk {
  /** Resolves when there is something to tell. */
  readonly begun: Promise<void>;
  readonly #visit: Visit;
  readonly #exposed: Exposed;
  readonly #answer: BulkAnswer;
  readonly #ending = new AbortController();
  /** How many calls are under way. */
  #open = 0;
  #begin!: () => void;
  /** Wakes the feed, where it waits for something to change: once a turn, so that others get theirs. */
  #wake = () => {};

  constructor(visit: Visit, type: string) {
    this.#visit = visit;
    this.#exposed = visit.exposed;
    this.begun = new Promise((resolve) => this.#begin = resolve);
    this.#answer = new BulkAnswer(type, () => {
      if (this.#answer.isGone) this.#leave();
      this.#wake();
    });
  }

  get stream(): ReadableStream<Uint8Array> {
    return this.#answer.stream;
  }

  /** Calls once for each entry, as there is room. Never rejects. */
  async feed(entries: AsyncIterable<Entry>): Promise<void> {
    const { gone } = this.#visit;
    const leave = () => this.#leave();
    gone?.addEventListener("abort", leave);
    // It may have gone while its body was read, and says so but once.
    if (gone?.aborted) leave();
    let index = 0;
    try {
      for await (const entry of entries) {
        await this.#room();
        if (this.#ending.signal.aborted) break;
        this.#open++;
        this.#serve(index++, entry);
      }
    } catch (error) {
      // The rest of the body cannot be read: it is told as of one more item.
      this.#settle(index, this.#failureOf(error));
    }
    while (this.#open > 0) await this.#change();
    gone?.removeEventListener("abort", leave);
    this.#answer.end();
    this.#begin();
  }

  async #serve(index: number, entry: Entry): Promise<void> {
    let outcome: string;
    try {
      const item = await this.#exposed.item(entry());
      const result = await this.#call(item);
      outcome = this.#successOf(await this.#exposed.result(result));
    } catch (error) {
      outcome = this.#failureOf(error);
    }
    this.#open--;
    this.#settle(index, outcome);
  }

  /** A bulk waits for its places. */
  async #call(item: unknown): Promise<unknown> {
    const { signal } = this.#ending;
    const call = this.#visit.ask(item, this.#visit.gone && signal);
    if (this.#exposed.batcher.full) {
      // Who asks for nonsense makes no call, and would keep the place from others.
      demandsOf(call);
      await this.#visit.place(signal);
    }
    return await this.#visit.call(item, call);
  }

  #successOf(result: unknown): string {
    const value = isBytes(this.#exposed.options.output)
      ? toBase64(result as Uint8Array)
      : result ?? null;
    const text = JSON.stringify({ value } satisfies BulkEntry<unknown>);
    if (text !== "{}") return text;
    throw new TypeError(
      `Cannot answer for ${this.#exposed.name}(): JSON has no word for its result`,
    );
  }

  /** Never throws, whatever the reason is: the others of the bulk would hear nothing. */
  #failureOf(reason: unknown): string {
    try {
      return this.#told(reason);
    } catch (cause) {
      return this.#told(new TypeError("Cannot tell of a problem", { cause }));
    }
  }

  #told(reason: unknown): string {
    const error = this.#visit.problemOf(reason).toJSON();
    return JSON.stringify({ error } satisfies BulkEntry<unknown>);
  }

  #settle(index: number, outcome: string): void {
    this.#answer.settle(index, outcome);
    this.#begin();
  }

  /** Waits until one more call may be made. */
  async #room(): Promise<void> {
    while (this.#open >= this.#most || !this.#answer.hasRoom) {
      await this.#change();
    }
  }

  /** How many calls may be under way, so that others find a place in the queue between them. */
  get #most(): number {
    return 2 * this.#exposed.batchRoom;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  /** Nobody reads the answer any more: what is left is given up, where that is asked for. */
  #leave(): void {
    if (this.#visit.gone) this.#ending.abort(clientHasGone());
  }
}
