// Has words of its own with who made it, before it serves.
import { serve } from "../../../src/threads/mod.ts";

const { postMessage } = globalThis as unknown as {
  postMessage(word: unknown): void;
};
for (const word of [null, 7, "ask"]) postMessage(word);
serve((xs: number[]) => xs);
