/**
 * The shared suite on workerd, within one request.
 *
 * @module
 */
import { outcomes } from "./outcomes.ts";

export default {
  async fetch(): Promise<Response> {
    return Response.json(await outcomes());
  },
};
