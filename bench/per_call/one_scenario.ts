/**
 * Measures one scenario in this process and prints the figures as JSON.
 *
 * @module
 */
import process from "node:process";
import { measured } from "./rounds.ts";

const [name = "", rounds = "3"] = process.argv.slice(2);
console.log(JSON.stringify(await measured(name, Number(rounds))));
