// Gets a message that it cannot read, as the runtime tells it.
import { parentPort } from "node:worker_threads";
import type { Port } from "../../../src/threads/messages.ts";
import { serve } from "../../../src/threads/mod.ts";

serve((xs: number[]) => xs);
// By now the port is listened to.
parentPort?.on("message", ({ batched }: { batched: Port }) => {
  batched.onmessageerror?.();
});
