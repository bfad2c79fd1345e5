import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { describe, it } from "node:test";
import {
  Connection,
  LostRequestError,
  postRequest,
} from "../../examples/predictions/load/connection.ts";
import { Command } from "./command.ts";

// Starting a runtime and a model takes a second or two, on a busy machine ten.
const timeout = 120_000;

/** What a crowd of callers saw. */
interface Seen {
  before: number;
  after: number;
  refused: number;
  lost: string[];
}

describe("serve.ts", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(
      `answers under load all it was asked before ${signal}, and exits with 0`,
      { timeout },
      async () => {
        const command = new Command("serve.ts", ["--port", "0"]);
        const port = await command.port();
        const seen: Seen = { before: 0, after: 0, refused: 0, lost: [] };
        let isStopping = false;
        const stop = () => {
          isStopping = true;
          command.signal(signal);
        };
        const text = postRequest(
          "/optimized_predict",
          "[59,2,32.1,101,157,93.2,38,4,4.8598,87]",
        );

        async function call(): Promise<void> {
          for (;;) {
            const isNew = isStopping;
            let connection;
            try {
              connection = await Connection.open(port);
            } catch {
              seen.refused++;
              return;
            }
            try {
              let answer;
              do {
                answer = await connection.request(text);
                assert.equal(answer.status, 200);
                assert.equal(typeof JSON.parse(answer.body).mean, "number");
                if (isStopping) seen.after++;
                else if (++seen.before === 2000) stop();
              } while (!answer.isLast);
            } catch (error) {
              if (!(error instanceof LostRequestError)) throw error;
              // A connection made while the port closes may never have been accepted.
              if (!isNew || error.receivedBytes > 0) {
                seen.lost.push(error.message);
              }
            } finally {
              connection.close();
            }
          }
        }

        await Promise.all(Array.from({ length: 64 }, call));
        assert.equal(await command.ended, 0);
        assert.deepEqual(seen.lost, []);
        assert.equal(seen.refused, 64);
        // Each caller was waiting for an answer when the signal came, and got it.
        assert(seen.after >= 63, `${seen.after} answers came after the signal`);
        assert.equal(command.errors, "");
      },
    );
  }

  it(
    "says in one line that the port is taken, and exits with 1",
    { timeout },
    async () => {
      const squatter = createServer();
      await new Promise<void>((resolve) =>
        squatter.listen(0, "127.0.0.1", resolve)
      );
      const { port } = squatter.address() as AddressInfo;
      try {
        const command = new Command("serve.ts", ["--port", String(port)]);
        assert.equal(await command.ended, 1);
        assert.equal(command.output, "");
        assert.equal(
          command.errors,
          'error: Cannot listen: the port is taken, choose another with "--port"\n',
        );
      } finally {
        squatter.close();
      }
    },
  );

  for (
    const args of [
      ["--prot", "8000"],
      ["--port", "http"],
      ["--port", "70000"],
      ["8000"],
    ]
  ) {
    it(
      `says in one line what is wrong with ${args.join(" ")}, and exits with 1`,
      { timeout },
      async () => {
        const command = new Command("serve.ts", args);
        assert.equal(await command.ended, 1);
        assert.match(command.errors, /^error: [^\n]+\n$/);
      },
    );
  }
});

describe("demo.ts", () => {
  it(
    "prints the table and exits with 0 when run once",
    { timeout },
    async () => {
      const command = new Command("demo.ts", [
        "--once",
        "--port",
        "0",
        "--seconds",
        "1",
      ]);
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
      const command = new Command("demo.ts", ["--port", "0", "--seconds", "1"]);
      const port = await command.port();
      await command.said(/Still listening/);
      const connection = await Connection.open(port);
      const answer = await connection.request(
        postRequest("/echo", "[1,2,3,4,5,6,7,8,9,10]"),
      );
      assert.equal(answer.body, "[1,2,3,4,5,6,7,8,9,10]");
      connection.close();
      command.signal("SIGINT");
      assert.equal(await command.ended, 0, command.errors);
    },
  );
});
