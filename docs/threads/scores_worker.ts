import { serve } from "@batched/batched/threads";

const WIDTH = 3;
const weights = Float32Array.of(1, 10, 100); // the model

serve((batches: ArrayBuffer[]) =>
  batches.map((buffer) => {
    const rows = new Float32Array(buffer);
    const scores = new Float32Array(rows.length / WIDTH);
    rows.forEach((x, i) =>
      scores[Math.floor(i / WIDTH)]! += x * weights[i % WIDTH]!
    );
    return scores.buffer;
  })
);
