/**
 * The shared suite as tests of the runners.
 *
 * @module
 */
import { describe, it } from "node:test";
import type { Host } from "../../mod.ts";
import { suite } from "./suite.ts";

/** Runs the suite on this host. */
export function describeSuite(name: string, host: Host): void {
  describe(`Real time on ${name}`, () => {
    for (const behaviour of suite) {
      it(behaviour.name, async () => {
        await behaviour.check(host);
      });
    }
  });
}
