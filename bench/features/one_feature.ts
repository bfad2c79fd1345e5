/**
 * Measures a feature in a scenario, in this process, and prints the rounds as JSON.
 *
 * @module
 */
import process from "node:process";
import { inTurns } from "../harness/turns.ts";
import { entrants } from "../per_call/entrant.ts";
import { featureOf, scenarios } from "./features.ts";

const [featureName = "", scenarioName = ""] = process.argv.slice(2);
const scenario = scenarios.find(({ name }) => name === scenarioName)!;
const { contestants } = featureOf(featureName);
const { clock } = scenario;
const all = await entrants(contestants, scenario);
console.log(JSON.stringify(await inTurns(all, { clock, rounds: 8 })));
