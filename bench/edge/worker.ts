/**
 * A Worker that asks a model in three ways: for each request alone, through a Durable Object that
 * gathers, and through a batcher of its isolate.
 *
 * @module
 */
import { DurableObject, waitUntil } from "cloudflare:workers";
import { batched, type Batcher } from "../../mod.ts";
import {
  type Packed,
  packed,
  unpacked,
  workersHost,
} from "../../src/cloudflare/mod.ts";

interface Namespace<Stub> {
  idFromName(name: string): unknown;
  get(id: unknown): Stub;
}

interface Env {
  MODEL: Namespace<Pick<Model, "double" | "takeCounts">>;
  GATHERER: Namespace<Pick<Gatherer, "double">>;
}

const OPTIONS = { size: 64, maxWaitMs: 3 };

/** Works on one batch at a time, wherever it comes from: 4 ms, and 0.05 ms for each item. */
export class Model extends DurableObject<Env> {
  #last: Promise<unknown> = Promise.resolve();
  #counts = { batches: 0, items: 0 };

  double(xs: number[]): Promise<number[]> {
    this.#counts.batches++;
    this.#counts.items += xs.length;
    const answer = this.#last.then(() =>
      new Promise((resolve) => setTimeout(resolve, 4 + 0.05 * xs.length))
    ).then(() => xs.map((x) => 2 * x));
    this.#last = answer;
    return answer;
  }

  /** What came since they were taken last. */
  takeCounts(): { batches: number; items: number } {
    const counts = this.#counts;
    this.#counts = { batches: 0, items: 0 };
    return counts;
  }
}

/** Gathers the calls of all isolates. */
export class Gatherer extends DurableObject<Env> {
  readonly #double;

  constructor(ctx: unknown, env: Env) {
    super(ctx, env);
    this.#double = batched((xs: number[]) => modelOf(env).double(xs), OPTIONS);
  }

  double(x: number): Promise<Packed<number>> {
    return packed(this.#double(x));
  }
}

const host = workersHost(waitUntil);
let gathered: Batcher<number, number> | undefined;

const routes: Record<string, (x: number, env: Env) => unknown> = {
  "/alone": async (x, env) => (await modelOf(env).double([x]))[0],
  "/object": (x, { GATHERER }) =>
    unpacked(GATHERER.get(GATHERER.idFromName("the only one")).double(x)),
  "/isolate": (x, env) => {
    gathered ??= batched((xs: number[]) => modelOf(env).double(xs), {
      ...OPTIONS,
      host,
    }).batcher;
    return gathered.run(x);
  },
  "/counts": (_, env) => modelOf(env).takeCounts(),
};

function modelOf({ MODEL }: Env): Pick<Model, "double" | "takeCounts"> {
  return MODEL.get(MODEL.idFromName("the only one"));
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const x = Number(searchParams.get("x"));
    return Response.json(await routes[pathname]!(x, env));
  },
};
