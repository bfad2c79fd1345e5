/**
 * Trains the ensemble anew and writes its weights: `deno task train`. Every
 * run, on every runtime, gives the same bytes.
 *
 * @module
 */

import { r2, readDiabetes } from "./diabetes.ts";
import { networkCount, writeEnsemble } from "./ensemble.ts";
import { type Lesson, lessonsOf } from "./training/lessons.ts";
import { type Trained, trainNetwork } from "./training/train_network.ts";

const { training } = await readDiabetes();
const { lessons, inputs, output } = lessonsOf(training);
const trained: Trained[] = [];
for (let seed = 0; seed < networkCount; seed++) {
  trained.push(trainNetwork(lessons, seed));
  console.log(`Trained network ${seed + 1} of ${networkCount}`);
}
const networks = trained.map(({ network }) => network);
await writeEnsemble({ networks, inputs, output });
console.log(`R2 ${unseenR2(lessons, trained).toFixed(3)} on unseen rows`);

/** Judged without the held-out rows: each row by the networks that did not draw it. */
function unseenR2(
  lessons: readonly Lesson[],
  trained: readonly Trained[],
): number {
  const wanted: number[] = [];
  const predicted: number[] = [];
  lessons.forEach((lesson, index) => {
    const said = trained.flatMap(({ unseen }) => unseen.get(index) ?? []);
    if (said.length === 0) return;
    wanted.push(lesson.wanted);
    predicted.push(said.reduce((sum, x) => sum + x, 0) / said.length);
  });
  return r2(wanted, predicted);
}
