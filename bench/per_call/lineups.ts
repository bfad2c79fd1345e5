/**
 * Who is compared, in processes of their own: those who are measured together get in
 * each other's way a little, so the ones that matter most are few. The first of a
 * lineup is what its ratios are ratios to.
 *
 * @module
 */
import type { Batch } from "./calls.ts";
import { floor, nobody } from "./floor.ts";
import { adaptively, batched } from "./ours.ts";
import {
  batshit,
  dataloader,
  effect,
  expo,
  pacer,
  promiseBatcher,
} from "./peers.ts";

/** Contestants by name, and in how many processes they are measured. */
export interface Lineup {
  readonly contestants: Readonly<Record<string, Batch>>;
  /** Several where a demand hangs on it: engines decide early in a process how they collect its garbage, and not always alike. */
  readonly processes: number;
  readonly rounds: number;
}

/** By name. */
export const lineups: Readonly<Record<string, Lineup>> = {
  ours: {
    contestants: { floor, null: nobody, batched, dataloader },
    processes: 3,
    rounds: 8,
  },
  adaptive: {
    contestants: { floor, "batched, adaptive": adaptively },
    processes: 3,
    rounds: 8,
  },
  peers: {
    contestants: {
      floor,
      "@expo/batcher": expo,
      "promise-batcher": promiseBatcher,
      effect,
      "@yornaath/batshit": batshit,
      "@tanstack/pacer": pacer,
    },
    processes: 1,
    rounds: 3,
  },
};
