// Where there is nothing of Node, as in browsers, Web Workers are taken.
import process from "node:process";

Object.defineProperty(process, "getBuiltinModule", { value: undefined });
const { threads } = await import("../../src/threads/mod.ts");

const source = new URL("./workers/late.ts", import.meta.url);
const pool = threads<number, number>(source, { workers: 2 });
const answers = await Promise.all([pool([1, 2]), pool([3])]).catch(String);
console.log(JSON.stringify(answers));
await pool.close();
const broken = new URL("./workers/broken.ts", import.meta.url);
await threads(broken)([1]).catch((error) => console.log(`${error}`));
