/**
 * Measures a lineup in a scenario, in this process, and prints the rounds as JSON.
 *
 * @module
 */
import process from "node:process";
import { inTurns } from "../harness/turns.ts";
import { entrants } from "./entrant.ts";
import { lineups } from "./lineups.ts";
import { scenarioOf } from "./scenarios.ts";

const [scenarioName = "", lineupName = ""] = process.argv.slice(2);
const scenario = scenarioOf(scenarioName);
const { contestants, rounds } = lineups[lineupName]!;
const { clock } = scenario;
const all = await entrants(contestants, scenario);
console.log(JSON.stringify(await inTurns(all, { clock, rounds })));
