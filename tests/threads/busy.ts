// Nobody awaits the batch, and yet the process waits for it.
import { pool } from "./pools.ts";

const threads = pool<number, number>("late");
threads([1]).then(console.log);
