// Serves when its model is there.
import { serve } from "../../../src/threads/mod.ts";

const factor = await new Promise<number>((loaded) =>
  setTimeout(() => loaded(2), 50)
);
serve((xs: number[]) => xs.map((x) => factor * x));
