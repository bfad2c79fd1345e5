import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Workerd } from "../../examples/edge/workerd.ts";

const root = join(import.meta.dirname ?? ".", "../..");
const docs = join(root, "docs");
const whyNot = Workerd.whyNot();

describe("docs/edge.md", () => {
  const shown = /^<!-- (\S+\.ts) -->\n\n```ts ignore\n([^]*?)^```$/gm;
  const workers = [
    ...readFileSync(join(docs, "edge.md"), "utf8").matchAll(shown),
  ];

  it("It shows the Workers that are run here", () => {
    assert.deepEqual(workers.map(([, file]) => file), [
      "edge/object.ts",
      "edge/isolate.ts",
    ]);
    for (const [, file, code] of workers) {
      assert.equal(readFileSync(join(docs, file!), "utf8"), code);
    }
  });

  it(
    "Its Workers answer",
    // Bun gives up after five seconds otherwise.
    { skip: whyNot ?? false, timeout: 60_000 },
    async () => {
      const alias = {
        "@batched/batched/cloudflare": join(root, "src/cloudflare/mod.ts"),
        "@batched/batched": join(root, "mod.ts"),
      };
      const common = { date: "2024-10-14", alias };
      const workerd = await Workerd.start([
        {
          ...common,
          entry: join(docs, "edge/object.ts"),
          objects: { LENGTH: "LengthObject" },
        },
        { ...common, entry: join(docs, "edge/isolate.ts") },
      ]);
      try {
        for (const port of workerd.ports) {
          const answers = await Promise.all(
            ["", "one", "three"].map(async (body) => {
              const url = `http://127.0.0.1:${port}`;
              return (await fetch(url, { method: "POST", body })).json();
            }),
          );
          assert.deepEqual(answers, [0, 3, 5]);
        }
        assert.equal(workerd.output, "");
      } finally {
        await workerd.stop();
      }
    },
  );
});
