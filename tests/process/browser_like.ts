// Where there is nothing of Node, as in browsers, batches run all the same.
import process from "node:process";

Object.defineProperty(process, "getBuiltinModule", { value: undefined });
const { batched } = await import("../../mod.ts");

const half = batched((xs: number[]) => xs.map((x) => x / 2));
const answers = await Promise.all([half(2), half(4)]);
console.log(answers.join());
await half.batcher.close();
console.log("closed");
