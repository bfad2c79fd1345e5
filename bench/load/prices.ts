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
}

/** Microseconds of CPU time, and their ratios within a round. */
export interface Prices {
  readonly batchedUs: number;
  readonly aloneUs: number;
  readonly bareUs: number;
  /** A row's share of the model in batches of that size. */
  readonly modelUs: number;
  readonly meanBatch: number;
  /** What a request costs without batches by what it costs in one. */
  readonly gain: number;
  /** What an answer costs by what it must: bare JSON and the model's share. */
  readonly overhead: number;
}

/** What one round comes to. */
type Round = Omit<Prices, "gain" | "overhead">;

/** Measures them in turns. */
export async function pricesOf(
  priced: Priced,
  { rounds, ms }: { readonly rounds: number; readonly ms: number },
): Promise<Prices> {
  const seen: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    seen.push(await roundOf(priced, ms));
  }
  const middle = (pick: (round: Round) => number) => median(seen.map(pick));
  return {
    batchedUs: middle(({ batchedUs }) => batchedUs),
    aloneUs: middle(({ aloneUs }) => aloneUs),
    bareUs: middle(({ bareUs }) => bareUs),
    modelUs: middle(({ modelUs }) => modelUs),
    meanBatch: middle(({ meanBatch }) => meanBatch),
    gain: middle(({ aloneUs, batchedUs }) => aloneUs / batchedUs),
    overhead: middle(({ batchedUs, bareUs, modelUs }) =>
      batchedUs / (bareUs + modelUs)
    ),
  };
}

async function roundOf(
  { alone, bare, batched }: Priced,
  ms: number,
): Promise<Round> {
  const price = async (question: Question) =>
    (await capacityOf(question, ms)).us;
  const bareUs = await price(bare);
  let batchedUs = 0;
  const meanBatch = await batchDuring(batched.instance.port, async () => {
    batchedUs = await price(batched);
  });
  const modelUs = modelShare(Math.max(1, Math.round(meanBatch)));
  const aloneUs = await price(alone);
  return { bareUs, batchedUs, meanBatch, modelUs, aloneUs };
}

function modelShare(size: number): number {
  const url = new URL("./model_share.ts", import.meta.url);
  return median(apart<number[]>(url, { args: [String(size)] }));
}
