import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Callers } from "../../examples/predictions/page/callers.ts";
import { Tally } from "../../examples/predictions/page/tally.ts";
import { defaultHost } from "../../mod.ts";

const rows = () => Promise.resolve([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const]);

describe("Virtual clients", () => {
  it("leave others their turns", async () => {
    let [asked, inTurn, most] = [0, 0, 0];
    await new Promise<void>((resolve) => {
      const fetch = () => {
        // Within the next turn or, where theirs comes before it, after that.
        if (inTurn === 0) defaultHost.hop(() => inTurn = 0);
        most = Math.max(most, ++inTurn);
        if (++asked === 512) resolve();
        return new Promise<Response>(() => {});
      };
      new Callers({ fetch, rows, tally: new Tally() }).set("/", 512);
    });
    assert(most <= 128, `${most} in a turn`);
  });
});
