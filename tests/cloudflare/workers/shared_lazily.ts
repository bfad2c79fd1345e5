/**
 * A Worker that does what must not be done: requests share a batcher with the default host, which
 * the first of them makes.
 *
 * @module
 */
import { Batched, one } from "../../../mod.ts";

class Doubler {
  @Batched({ maxWaitMs: 3 })
  double(x: number): Promise<number> {
    return one(this.doubleBatch([x]));
  }

  doubleBatch(xs: number[]): number[] {
    return xs.map((x) => 2 * x);
  }
}

const doubler = new Doubler();

export default {
  async fetch(): Promise<Response> {
    return Response.json(await doubler.double(21));
  },
};
