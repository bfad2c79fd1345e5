import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Workerd } from "../../examples/edge/workerd.ts";
import { readWall } from "../../examples/predictions/digits/wall_file.ts";
import { Command } from "../examples/command.ts";

const entry = new URL("../../examples/edge/worker.ts", import.meta.url);
const whyNot = Workerd.whyNot();

/** Bun gives up after five seconds otherwise, and always in before(). */
const long = { timeout: 60_000 };

describe(
  "The example on workerd",
  { skip: whyNot ?? false },
  () => {
    let workerd: Workerd | undefined;
    let url: string;

    it("starts", long, async () => {
      workerd = await Workerd.start([{
        entry: fileURLToPath(entry),
        date: "2026-11-01",
        objects: { DIGITS: "DigitsObject" },
      }]);
      url = `http://127.0.0.1:${workerd.ports[0]}`;
    });
    after(() => workerd?.stop());

    function classify(image: Uint8Array<ArrayBuffer>): Promise<Response> {
      return fetch(`${url}/classify`, { method: "POST", body: image });
    }

    it("reads digits, and requests share batches", long, async () => {
      const wall = (await readWall()).slice(0, 64);
      const answers = await Promise.all(
        wall.map(async ({ image }) => await (await classify(image)).json()),
      );
      const right = wall.filter(({ digit }, index) =>
        answers[index].indexOf(Math.max(...answers[index])) === digit
      );
      assert.ok(right.length > 57, `${right.length} of 64`);
      const { images, batches } = await (await fetch(`${url}/counts`)).json();
      assert.equal(images, 64);
      assert.ok(batches < 64, `${batches} batches`);
    });

    it("answers 422 to what is no image", long, async () => {
      const answer = await classify(new Uint8Array(3));
      assert.equal(answer.status, 422);
      assert.equal((await answer.json()).detail, "An image has 784 bytes");
    });

    it(
      "leaves nobody at its port when its command is asked to end",
      long,
      async () => {
        const command = new Command("../edge/serve.ts", ["--port", "0"]);
        const port = await command.port();
        command.signal("SIGTERM");
        assert.equal(await command.ended, 0, command.errors);
        await assert.rejects(fetch(`http://127.0.0.1:${port}/counts`));
      },
    );
  },
);
