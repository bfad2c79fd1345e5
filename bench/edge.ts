/**
 * What do batches bring on workerd?
 *
 *     deno task bench:edge [--rounds N] [--seconds N] [--json] [--check]
 *
 * 64 clients ask a Worker for one thing at a time, whose model works on one batch at a time, for 4 ms
 * and 0.05 ms for each item. The Worker asks it for each request alone, through a batcher in a Durable
 * Object, or through one of its isolate. All share this machine, the clients included.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Workerd } from "../examples/edge/workerd.ts";
import { Connection } from "./edge/connection.ts";
import { atLeast } from "./harness/demand.ts";
import { median } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";

const { values: wanted } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    ...REPORT_FLAGS,
  },
});

const CLIENTS = 64;
const WAYS = ["alone", "object", "isolate"] as const;
type Way = typeof WAYS[number];

/** What came of one way in one round. */
interface Measured {
  /** Answers in a second. */
  readonly answers: number;
  /** The mean size of the batches that the model got. */
  readonly size: number;
}

const workerd = await Workerd.start([{
  entry: fileURLToPath(new URL("./edge/worker.ts", import.meta.url)),
  date: "2026-11-01",
  objects: { MODEL: "Model", GATHERER: "Gatherer" },
}]);
const port = workerd.ports[0]!;
const rounds: Record<Way, Measured[]> = { alone: [], object: [], isolate: [] };
for (const way of WAYS) await measured(way, 0.5);
for (let round = 0; round < Number(wanted.rounds); round++) {
  for (const way of WAYS) {
    rounds[way].push(await measured(way, Number(wanted.seconds)));
  }
}
await workerd.stop();

const middle = (way: Way, key: keyof Measured) =>
  median(rounds[way].map((each) => each[key]));
const ratio = (way: Way) =>
  median(
    rounds[way].map(({ answers }, round) =>
      answers / rounds.alone[round]!.answers
    ),
  );
report({
  title: `Answers in a second for ${CLIENTS} clients, and the mean batch`,
  table: [
    ["", "answers/s", "of alone", "batch"],
    ...WAYS.map((way) => [
      way,
      middle(way, "answers").toFixed(0),
      `x${ratio(way).toFixed(2)}`,
      middle(way, "size").toFixed(1),
    ]),
  ],
  demands: [
    atLeast("throughput through the object, of alone", ratio("object"), 5),
    atLeast("throughput in the isolate, of alone", ratio("isolate"), 5),
    atLeast("mean batch through the object", middle("object", "size"), 8),
  ],
  data: rounds,
}, wanted);
process.exit();

/** Lets all clients ask for so long. */
async function measured(way: Way, seconds: number): Promise<Measured> {
  const connections = await Promise.all(
    Array.from({ length: CLIENTS }, () => Connection.open(port)),
  );
  await connections[0]!.get("/counts");
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  let answers = 0;
  await Promise.all(connections.map(async (connection, client) => {
    while (performance.now() < end) {
      const answer = await connection.get(`/${way}?x=${client}`);
      assert.equal(answer, String(2 * client));
      answers++;
    }
  }));
  const took = performance.now() - startedAt;
  const counts = JSON.parse(await connections[0]!.get("/counts"));
  for (const connection of connections) connection.tear();
  return {
    answers: answers * 1000 / took,
    size: counts.items / counts.batches,
  };
}
