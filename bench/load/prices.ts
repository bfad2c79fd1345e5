/**
 * What requests cost the server: by CPU time, which is the same on a busy machine, nearly.
 *
 * @module
 */
import { apart } from "../harness/apart.ts";
import { median } from "../harness/averages.ts";
import { batchDuring, capacityOf, type Question } from "./capacity.ts";

/** Who is asked. */
export interface Priced {
  /** The batched endpoint. */
  readonly batched: Question;
  /** The endpoint without batches. */
  readonly alone: Question;
  /** JSON there and back. */
  readonly bare: Question;
  /** The batched endpoint where it has no room. */
  readonly refusing: Question;
}

/** Microseconds of CPU time, and their ratios within a round. */
export interface Prices {
  readonly batchedUs: number;
  readonly aloneUs: number;
  readonly bareUs: number;
  readonly refusalUs: number;
  /** A row's share of the model in batches of that size. */
  readonly modelUs: number;
  readonly meanBatch: number;
  /** What a request costs without batches by what it costs in one. */
  readonly gain: number;
  /** What a refusal costs by what an answer does. */
  readonly r: number;
  /** What an answer costs by what it must: bare JSON and the model's share. */
  readonly overhead: number;
}

/** Measures them in turns. */
export async function pricesOf(
  { batched, alone, bare, refusing }: Priced,
  { rounds, ms }: { readonly rounds: number; readonly ms: number },
): Promise<Prices> {
  const questions = [bare, batched, refusing, alone];
  const costs: number[][] = [];
  const { port } = batched.instance;
  const batch = await batchDuring(port, async () => {
    for (let round = 0; round < rounds; round++) {
      const costsOfRound = [];
      for (const question of questions) {
        costsOfRound.push((await capacityOf(question, ms)).us);
      }
      costs.push(costsOfRound);
    }
  });
  const size = Math.max(1, Math.round(batch));
  const modelUs = median(
    apart<number[]>(new URL("./model_share.ts", import.meta.url), {
      args: [String(size)],
    }),
  );
  const column = (at: number) => median(costs.map((each) => each[at]!));
  const ratio = (pick: (costs: number[]) => number) =>
    median(costs.map((each) => pick(each)));
  return {
    bareUs: column(0),
    batchedUs: column(1),
    refusalUs: column(2),
    aloneUs: column(3),
    modelUs,
    meanBatch: batch,
    gain: ratio(([, batched, , alone]) => alone! / batched!),
    r: ratio(([, batched, refusal]) => refusal! / batched!),
    overhead: ratio(([bare, batched]) => batched! / (bare! + modelUs)),
  };
}

/** What a service can still do at `load` times its capacity, by its capacity, if a refusal costs `r`. */
export function allowedAt(load: number, r: number): number {
  return Math.max(0, (1 - load * r) / (1 - r));
}
