/**
 * What the components ask of the server: each one thing. The server sees few large requests.
 *
 * @module
 */

import {
  Batched,
  batched,
  type BatchedFunction,
  type CallOptions,
  failed,
  type ItemOutcome,
  one,
} from "../../../mod.ts";
import type { BulkEntry } from "../../../src/hono/mod.ts";

/** Someone, as the server knows them. */
export interface User {
  id: number;
  name: string;
}

/** The decorator, which the bundler turns into what browsers run. */
export class Users {
  /** Components that appear together share a request. */
  @Batched({ size: 100 })
  find(id: number, _call?: CallOptions): Promise<User> {
    return one(this.findBatch([id]));
  }

  /** One request for all of them; an id that nobody has rejects alone. */
  findBatch(ids: number[]): Promise<ItemOutcome<User>[]> {
    return inBulk("/users/find/bulk", ids);
  }
}

/** The function form: no decorator, no class. */
export const greeting: BatchedFunction<string, string> = batched(
  (names: string[]) => inBulk<string>("/users/greet/bulk", names),
  { size: 100, maxWaitMs: 20 },
);

/** Asks for many things at once, as `@batched/batched/hono` serves it. */
async function inBulk<T>(
  path: string,
  items: unknown[],
): Promise<ItemOutcome<T>[]> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(items),
  });
  if (!response.ok) throw new Error(`${path} answers ${response.status}`);
  const entries: BulkEntry<T>[] = await response.json();
  return entries.map(({ value, error }) =>
    error === undefined ? value as T : failed(new Error(error.detail))
  );
}
