/**
 * A Worker whose requests have batchers of their own, with the default host.
 *
 * @module
 */
import { batched } from "../../../mod.ts";

export default {
  async fetch(): Promise<Response> {
    const double = batched((xs: number[]) => xs.map((x) => 2 * x));
    return Response.json(await Promise.all([double(20), double(22)]));
  },
};
