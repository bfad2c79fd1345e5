// Node 20 reads no TypeScript in workers, not even under tsx, unless told so by the worker itself.
import { workerData } from "node:worker_threads";

// Named by who starts it: Deno, which checks this file as well, has no tsx.
const { register } = await import(workerData.tsx);
register();
await import(workerData.module);
