/**
 * Plays all cases with one batcher, in this process, and prints how they ended as JSON.
 *
 * @module
 */
import process from "node:process";
import { cases } from "./cases.ts";
import { peers } from "./peers.ts";

const [name = ""] = process.argv.slice(2);
const ends: string[] = [];
for (const { play } of cases) ends.push(await play(peers[name]!));
console.log(JSON.stringify(ends));
process.exit();
