import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Connection,
  postRequest,
} from "../../examples/predictions/load/connection.ts";
import { Command, onTakenPort } from "./command.ts";

// Starting a runtime and a model takes a second, on a busy machine many more.
const timeout = 120_000;
const short = ["--port", "0", "--seconds", "1"];

describe("demo.ts", () => {
  it(
    "prints the table and exits with 0 when run once",
    { timeout },
    async () => {
      const command = new Command("demo.ts", ["--once", ...short]);
      assert.equal(await command.ended, 0, command.errors);
      assert.equal(command.errors, "");
      const lines = command.output.split("\n");
      const head = lines.findIndex((line) => line.startsWith("endpoint "));
      assert(head > 0, command.output);
      const rows = lines.slice(head + 1, head + 4).map((line) =>
        line.split(/ +/)
      );
      assert.deepEqual(
        rows.map(([path]) => path),
        ["/predict", "/optimized_predict", "/echo"],
      );
      // Speeds depend on the machine; that calls shared batches does not.
      assert(Number(rows[1]![4]) > 2, `The mean batch is ${rows[1]![4]}`);
    },
  );

  it(
    "goes on serving after the table until it is told to end",
    { timeout },
    async () => {
      const command = new Command("demo.ts", short);
      const port = await command.port();
      await command.said(/Still listening/);
      const connection = await Connection.open(port);
      const row = "[1,2,3,4,5,6,7,8,9,10]";
      const { body } = await connection.request(postRequest("/echo", row));
      assert.equal(body, row);
      connection.close();
      command.signal("SIGTERM");
      assert.equal(await command.ended, 0, command.errors);
    },
  );

  it(
    "ends without a word in the middle of a measurement",
    { timeout },
    async () => {
      const command = new Command("demo.ts", [
        "--port",
        "0",
        "--seconds",
        "60",
      ]);
      await command.said(/predict .*\.\./);
      command.signal("SIGINT");
      assert.equal(await command.ended, 0);
      assert.equal(command.errors, "");
    },
  );

  it(
    "says in one line that the port is taken, and exits with 1",
    { timeout },
    async () => {
      await onTakenPort(async (port) => {
        const command = new Command("demo.ts", ["--port", String(port)]);
        assert.equal(await command.ended, 1);
        assert.match(command.errors, /^error: [^\n]*port is taken[^\n]*\n$/);
      });
    },
  );
});
