/**
 * Trains the network for digits.
 *
 * @module
 */

import { seeded, shuffle } from "../../training/random.ts";
import { type Network, pixels } from "../network.ts";
import type { Example } from "../example.ts";
import { distort } from "./distort.ts";
import { Learner } from "./learner.ts";

/** How it is trained. */
export interface Course {
  /** Equal seeds give equal weights. */
  readonly seed: number;
  /** How often it sees each example, each time distorted otherwise. */
  readonly epochs: number;
  /** Hears of each epoch's end: its number, from 0, and what an example costed in it. */
  onEpoch?(epoch: number, loss: number): void;
}

const batchSize = 32;
/** How far the first steps go; they become shorter all the time, down to nothing at the end. */
const firstRate = 3e-3;

/** Learns the examples. */
export function trainNetwork(
  examples: readonly Example[],
  { seed, epochs, onEpoch }: Course,
): Network {
  const random = seeded(seed);
  const learner = new Learner(seed);
  const order = [...examples];
  const picture = new Float32Array(pixels);
  const last = epochs * order.length;
  let seen = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    let loss = 0;
    shuffle(order, random);
    for (let start = 0; start < order.length; start += batchSize) {
      const batch = order.slice(start, start + batchSize);
      for (const { image, digit } of batch) {
        distort(image, random, picture);
        loss += learner.study(picture, digit);
      }
      learner.learn(batch.length, firstRate * (1 - seen / last));
      seen += batch.length;
    }
    onEpoch?.(epoch, loss / order.length);
  }
  return learner.snapshot();
}
