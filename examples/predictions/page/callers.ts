/**
 * Virtual clients: each sends its next request when it has its answer; one that
 * was refused waits as long as it was told to. A page could not be them, as
 * browsers open six connections at most; so they live in the server. Their
 * requests take the way of all others through the app, and spare themselves the
 * sockets alone.
 *
 * @module
 */

import { defaultHost } from "../../../mod.ts";
import type { Row } from "../diabetes.ts";
import type { Fetch } from "../runtimes/listen.ts";
import type { Tally } from "./tally.ts";

/** At most so many ask in one turn, as a turn of Deno reads that many sockets: others need theirs, too. */
const perTurn = 61;

/** What to ask. */
export interface CallersPlan {
  readonly fetch: Fetch;
  /** What to ask about: read when the first client begins. */
  readonly rows: () => Promise<readonly Row[]>;
  readonly tally: Tally;
}

/** As many clients as there are wanted. */
export class Callers {
  readonly #fetch: Fetch;
  readonly #rows: CallersPlan["rows"];
  readonly #tally: Tally;
  /** How many there are to be, and whom they ask: set by `set`. */
  #wanted = 0;
  #url = "";
  #bodies: Promise<readonly string[]> | undefined;
  /** Those who wait for their turn; as long as there are any, one is to come. */
  readonly #waiting: (() => void)[] = [];
  /** By number; the ones that are not wanted any more end by themselves. */
  readonly #alive = new Set<number>();

  /** Makes them, none at first. */
  constructor({ fetch, rows, tally }: CallersPlan) {
    this.#fetch = fetch;
    this.#rows = rows;
    this.#tally = tally;
  }

  /** Lets so many ask at this path from now on. */
  set(path: string, wanted: number): void {
    this.#url = `http://127.0.0.1${path}`;
    this.#wanted = wanted;
    for (let id = 0; id < wanted; id++) {
      if (!this.#alive.has(id)) this.#live(id);
    }
  }

  async #live(id: number): Promise<void> {
    this.#alive.add(id);
    this.#bodies ??= this.#rows().then((rows) =>
      rows.map((row) => JSON.stringify(row))
    );
    const bodies = await this.#bodies;
    for (let turn = id; id < this.#wanted; turn++) {
      const sent = performance.now();
      await this.#nextTurn();
      const response = await this.#fetch(
        new Request(this.#url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: bodies[turn % bodies.length]!,
        }),
      );
      await response.text();
      this.#tally.add(response, performance.now() - sent);
      const seconds = Number(response.headers.get("retry-after") ?? 0);
      if (seconds > 0) await pause(1000 * seconds);
    }
    this.#alive.delete(id);
  }

  /** Resolves in a later turn, as what comes by a socket is read. */
  #nextTurn(): Promise<void> {
    if (this.#waiting.length === 0) this.#hop();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #hop(): void {
    defaultHost.hop(() => {
      for (const go of this.#waiting.splice(0, perTurn)) go();
      if (this.#waiting.length > 0) this.#hop();
    });
  }
}

/** That long or a little longer: those who were refused together should not come back together. */
function pause(ms: number): Promise<void> {
  const longer = ms * (1 + Math.random());
  return new Promise((resolve) => setTimeout(resolve, longer));
}
