// Has two handlers.
import { serve } from "../../../src/threads/mod.ts";

serve((xs: number[]) => new Promise<number[]>(() => xs));
serve((xs: number[]) => xs);
