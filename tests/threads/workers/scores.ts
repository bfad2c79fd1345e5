// Hands over the buffer that all its results are views of.
import { serve } from "../../../src/threads/mod.ts";

serve((rows: Float32Array<ArrayBuffer>[]) => {
  const scores = new Float32Array(rows.length);
  return rows.map((row, index) => {
    if (row.length === 0) return new RangeError("empty");
    scores[index] = row.reduce((sum, x) => sum + x, 0);
    return scores.subarray(index, index + 1);
  });
}, { transfer: ([first]) => [first!.buffer] });
