import type { Feature } from "./feature.ts";
import { RequestHost } from "./request_host.ts";
import { prove, setups } from "./script.ts";
import { type Setup, Stage } from "./stage.ts";

/** Callers look for themselves, and batches are kept alive. */
class Looking implements Feature {
  readonly options;
  readonly #stage: Stage;
  readonly #host: RequestHost;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#host = new RequestHost(stage.host);
    this.options = { host: this.#host };
  }

  turned(): void {
    this.#host.ring();
  }

  rested(): void {
    const { batcher, unseen, endings } = this.#stage;
    const { looks, held, everHeld, leftTwice } = this.#host;
    const { running, batches } = batcher.stats();
    const agree: [string, number, number][] = [
      ["look", looks.size, unseen.size + endings],
      ["are left twice", leftTwice, 0],
      ["batches are held", held.size, running],
      ["batches were held", everHeld, batches],
    ];
    for (const [what, is, should] of agree) {
      this.#stage.demand(
        "Who waits looks, and a batch is held as long as it runs",
        is === should,
        () => `${is} ${what}, not ${should}`,
      );
    }
  }
}

prove("A host whose timers die with their request", {
  setups: setups.map((setup): Setup => ({ ...setup, earlyMs: 0 })),
  stage: (setup) => new Stage(setup, (stage) => new Looking(stage)),
  without: ["die", "revive"],
});
