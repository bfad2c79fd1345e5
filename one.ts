import { contestants } from "./bench/per_call/contestants.ts";
import { scenarioOf } from "./bench/per_call/scenarios.ts";
import process from "node:process";
const [name, sc] = process.argv.slice(2);
const { batching, run, calls } = scenarioOf(sc);
// all contestants warm up in the same process, so that shared code is as polymorphic as in the bench
const all = Object.entries(contestants).map(([k, make]) => [k, make(batching)] as const);
for (let i = 0; i < 6; i++) for (const [, c] of all) await run(c);
const call = all.find(([k]) => k === name)![1];
const ts: number[] = [];
for (let i = 0; i < 40; i++) { const t = performance.now(); await run(call); ts.push((performance.now() - t) * 1e6 / calls); if (i % 10 === 9) await new Promise((r) => setTimeout(r, 2)); }
ts.sort((a, b) => a - b);
console.log(ts[10].toFixed(2));
