/**
 * A Worker whose requests share batches in two ways: through a batcher of the isolate, and through a
 * Durable Object.
 *
 * @module
 */
import { DurableObject, waitUntil } from "cloudflare:workers";
import { batched, Batcher, QueueFullError } from "../../../mod.ts";
import {
  type Packed,
  packed,
  unpacked,
  workersHost,
} from "../../../src/cloudflare/mod.ts";
import { after, type Counts, SerialModel } from "./serial_model.ts";

/** What the runtime gives a request. */
interface Env {
  OBJECT: { idFromName(name: string): unknown; get(id: unknown): Stub };
}

type Stub = Pick<Doubler, "alone" | "double" | "full" | "report" | "soon">;

const WINDOW = { size: 64, maxWaitMs: 3 };

/** Holds a batcher with the default host. */
export class Doubler extends DurableObject {
  readonly #model = new SerialModel();
  readonly #double = batched(this.#model.double, WINDOW);
  readonly #soon = batched((xs: number[]) => xs.map((x) => 2 * x));

  alone(x: number): Promise<Packed<number[]>> {
    return packed(this.#model.double([x]));
  }

  double(x: number): Promise<Packed<number>> {
    return packed(this.#double(x));
  }

  soon(x: number): Promise<Packed<number>> {
    return packed(this.#soon(x));
  }

  async full(): Promise<Packed<unknown>> {
    const double = batched(this.#model.double, { maxQueue: 0 });
    double(1);
    await after(1);
    return await packed(double(2));
  }

  report(): Counts {
    return this.#model.report();
  }
}

const host = workersHost(waitUntil);
const model = new SerialModel();
const double = batched(model.double, { ...WINDOW, host });
const slowly = batched(doubleIn(20), { size: 64, maxWaitMs: 20, host });
const gate = new Batcher(doubleIn(4), { size: 1, maxQueue: 1, host });
const closed = new Batcher(doubleIn(4), { host });

const routes: Record<string, (x: number, object: Stub) => unknown> = {
  "/isolate": (x) => double(x),
  "/slowly": (x) => slowly(x),
  "/object": (x, object) => unpacked(object.double(x)),
  "/object/alone": (x, object) => unpacked(object.alone(x)),
  "/object/soon": (x, object) => unpacked(object.soon(x)),
  async "/object/full"(_, object) {
    const error: unknown = await unpacked(object.full()).catch((error) =>
      error
    );
    return error instanceof QueueFullError &&
      [error.code, error.retryAfterMs > 0];
  },
  "/report": async (_, object) => ({
    isolate: model.report(),
    object: await object.report(),
  }),
  async "/timers"(x) {
    const doubled = await double(x);
    await after(1);
    return doubled;
  },
  async "/hot"() {
    const own = new Batcher((xs: number[]) => xs, { host });
    const numbers = Array.from({ length: 500 }, (_, x) => x);
    for (let round = 0; round < 200; round++) {
      await Promise.all(numbers.map((x) => own.run(x)));
    }
    return "hot";
  },
  "/unawaited": (x) => void slowly(x),
  "/pending": () => slowly.batcher.pending,
  async "/ready"(x) {
    await gate.ready();
    return gate.run(x);
  },
  async "/flush"(x) {
    const batcher = new Batcher(doubleIn(4), { maxWaitMs: 60_000, host });
    const answer = batcher.run(x);
    await batcher.flush();
    return answer;
  },
  async "/close"() {
    await closed.close();
    await after(1);
    return "closed";
  },
};

/** A handler whose batches do not wait for each other: promises of other requests are not to be awaited. */
function doubleIn(ms: number): (xs: number[]) => Promise<number[]> {
  return async (xs) => {
    await after(ms);
    return xs.map((x) => 2 * x);
  };
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const { OBJECT } = env;
    const object = OBJECT.get(OBJECT.idFromName("the only one"));
    const answer = await routes[pathname]!(
      Number(searchParams.get("x")),
      object,
    );
    return Response.json(answer ?? null);
  },
};
