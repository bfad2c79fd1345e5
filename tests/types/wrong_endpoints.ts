/**
 * Endpoints that must not compile, and uses of Hono's client that must not. Compiled, never run.
 *
 * @module
 */
import { hc } from "hono/client";
import * as v from "valibot";
import { z } from "zod";
import { Batched } from "../../mod.ts";
import { bytes, Endpoint, endpoints } from "../../src/hono/mod.ts";

/** Has a method to serve. */
class Service {
  @Batched({ handler: (xs) => xs.map((x) => `${x}`) })
  async show(x: number): Promise<string> {
    return await `${x}`;
  }
  count = 0;
}

/** What does not fit. */
export function wrongRoutes(service: Service): void {
  // @ts-expect-error its items are numbers
  endpoints(service, { show: { input: z.string() } });
  // @ts-expect-error its items are numbers
  endpoints(service, { show: { input: v.string() } });
  // @ts-expect-error its items are numbers
  endpoints(service, { show: { input: bytes() } });
  // @ts-expect-error its results are texts
  endpoints(service, { show: { input: z.number(), output: z.number() } });
  // @ts-expect-error what can be sent must be said
  endpoints(service, { show: { path: "/show" } });
  // @ts-expect-error there is no such method
  endpoints(service, { shwo: { input: z.number() } });
  // @ts-expect-error that is no method
  endpoints(service, { count: { input: z.number() } });
  // @ts-expect-error a path begins with a slash
  endpoints(service, { show: { path: "show", input: z.number() } });
  // @ts-expect-error there is no such option
  endpoints(service, {}, { timing: true });
}

/** What Hono's client refuses. */
export async function wrongCalls(): Promise<void> {
  const app = endpoints(new Service(), {
    show: { input: z.number(), output: z.string() },
  });
  const client = hc<typeof app>("http://localhost");
  // @ts-expect-error an item is a number
  await client.show.$post({ json: "1" });
  // @ts-expect-error a bulk is an array
  await client.show.bulk.$post({ json: 1 });
  // @ts-expect-error nothing is served there
  await client.count.$post({ json: 1 });
  const answer = await client.show.$post({ json: 1 });
  // @ts-expect-error a result is a text
  const result: number = await answer.json();
  void result;
}

/** Decorators that do not fit their methods. */
export class WrongDecorators {
  // @ts-expect-error its items are numbers
  @Endpoint({ input: z.string() })
  @Batched({ handler: (xs) => xs })
  async item(x: number): Promise<number> {
    return await x;
  }

  // @ts-expect-error its results are numbers
  @Endpoint({ input: z.number(), output: z.string() })
  @Batched({ handler: (xs) => xs })
  async result(x: number): Promise<number> {
    return await x;
  }

  // @ts-expect-error what can be sent must be said
  @Endpoint({ path: "/same" })
  @Batched({ handler: (xs) => xs })
  async inputless(x: number): Promise<number> {
    return await x;
  }

  // @ts-expect-error it must be called
  @Endpoint
  @Batched({ handler: (xs) => xs })
  async bare(x: number): Promise<number> {
    return await x;
  }
}
