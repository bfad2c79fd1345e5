// Hands over the buffer that all its results are views of.
import { serve } from "../../../src/threads/mod.ts";

/** What was answered last. */
let last = new Float32Array(0);

serve((rows: Float32Array<ArrayBuffer>[]) => {
  const scores = new Float32Array(rows.length);
  const results = rows.map((row, index) => {
    if (row.length === 0) return new RangeError("empty");
    // Who asks with no number hears what is left of the last answer.
    if (Number.isNaN(row[0])) scores[index] = last.length;
    else scores[index] = row.reduce((sum, x) => sum + x, 0);
    return scores.subarray(index, index + 1);
  });
  last = scores;
  return results;
}, { transfer: ([first]) => [first!.buffer] });
