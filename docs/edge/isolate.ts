import { waitUntil } from "cloudflare:workers";
import { batched } from "@batched/batched";
import { workersHost } from "@batched/batched/cloudflare";

const length = batched(
  (texts: string[]) => texts.map((text) => text.length),
  { size: 64, maxWaitMs: 3, host: workersHost(waitUntil) },
);

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await length(await request.text()));
  },
};
