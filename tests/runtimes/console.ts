/**
 * The shared suite on Deno, Bun and Node, which print what became of it.
 *
 * @module
 */
import { outcomes } from "./outcomes.ts";

console.log(JSON.stringify(await outcomes()));
