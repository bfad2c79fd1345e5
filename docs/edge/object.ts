import { DurableObject } from "cloudflare:workers";
import { batched } from "@batched/batched";
import { type Packed, packed, unpacked } from "@batched/batched/cloudflare";

export class LengthObject extends DurableObject {
  readonly #length = batched(
    (texts: string[]) => texts.map((text) => text.length),
    { size: 64, maxWaitMs: 3, maxQueue: 1000 },
  );

  length(text: string): Promise<Packed<number>> {
    return packed(this.#length(text));
  }
}

interface Env {
  LENGTH: {
    idFromName(name: string): unknown;
    get(id: unknown): Pick<LengthObject, "length">;
  };
}

export default {
  async fetch(request: Request, { LENGTH }: Env): Promise<Response> {
    const object = LENGTH.get(LENGTH.idFromName("the only one"));
    return Response.json(await unpacked(object.length(await request.text())));
  },
};
