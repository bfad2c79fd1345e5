/**
 * A Worker that does what must not be done: requests share a batcher with the default host, which is
 * made before any of them.
 *
 * @module
 */
import { batched } from "../../../mod.ts";

const double = batched((xs: number[]) => xs.map((x) => 2 * x));

export default {
  async fetch(): Promise<Response> {
    return Response.json(await double(21));
  },
};
