/**
 * Loaders that live no longer than a request.
 *
 * @module
 */
import Original from "dataloader";
import { Batcher } from "../../mod.ts";
import { DataLoader } from "../../src/dataloader/mod.ts";
import { floor } from "../per_call/floor.ts";

/** Loads the value of a key. */
export type Load = (key: number) => number | Promise<number>;

/** How many keys a request loads. */
export const KEYS = 10;

/** What makes a loader, by name. */
export const loaders: Readonly<Record<string, () => Load>> = {
  floor: () => floor({ size: KEYS, maxWaitMs: 0 }, (keys) => keys),
  dataloader: () => {
    const loader = new Original(values);
    return (key) => loader.load(key);
  },
  "batched/dataloader": () => {
    const loader = new DataLoader(values);
    return (key) => loader.load(key);
  },
  batched: () => {
    const batcher = new Batcher(values, { maxWaitMs: 0 });
    return (key) => batcher.run(key);
  },
};

/** A request: makes a loader, loads with it and lets it go. */
export async function request(makeLoader: () => Load): Promise<Load> {
  const load = makeLoader();
  const keys = Array.from({ length: KEYS }, (_, key) => key);
  await Promise.all(keys.map(load));
  return load;
}

function values(keys: readonly number[]): Promise<number[]> {
  return Promise.resolve([...keys]);
}
