/**
 * Trains one network of the ensemble.
 *
 * @module
 */

import { type Network, widths } from "../ensemble.ts";
import { DenseNetwork } from "./dense_network.ts";
import type { Lesson } from "./lessons.ts";
import { below, seeded, shuffle } from "./random.ts";

/** A trained network and the lessons it never saw. */
export interface Trained {
  readonly network: Network;
  /** What it says of the lessons that its sample left out, by their index. */
  readonly unseen: ReadonlyMap<number, number>;
}

const epochs = 60;
const batchSize = 16;
const learning = { rate: 2e-3, decay: 1 };

/**
 * Draws as many lessons as there are, with repetition, and learns those. The
 * third or so that was never drawn chooses the epoch to keep: the last ones
 * know the sample by heart.
 */
export function trainNetwork(
  lessons: readonly Lesson[],
  seed: number,
): Trained {
  const random = seeded(seed);
  const drawn = lessons.map(() => below(lessons.length, random));
  const seen = new Set(drawn);
  const unseen = [...lessons.keys()].filter((index) => !seen.has(index));
  const learner = new DenseNetwork(widths, random);
  let best = { error: Infinity, network: learner.snapshot(), answers: [0] };
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(drawn, random);
    for (let start = 0; start < drawn.length; start += batchSize) {
      const batch = drawn.slice(start, start + batchSize);
      for (const index of batch) {
        learner.study(lessons[index]!.row, lessons[index]!.wanted);
      }
      learner.learn(batch.length, learning);
    }
    const answers = unseen.map((index) => learner.predict(lessons[index]!.row));
    let error = 0;
    answers.forEach((answer, at) => {
      const miss = answer - lessons[unseen[at]!]!.wanted;
      error += miss * miss;
    });
    if (error < best.error) {
      best = { error, network: learner.snapshot(), answers };
    }
  }
  return {
    network: best.network,
    unseen: new Map(unseen.map((index, at) => [index, best.answers[at]!])),
  };
}
