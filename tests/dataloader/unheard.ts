// Rejections that nobody listens to, beside others that somebody does.
import process from "node:process";
import { DataLoader } from "../../src/dataloader/mod.ts";
import { turns } from "../batcher/watched.ts";

process.on("unhandledRejection", (error) => console.log(`${error}`.slice(7)));

const loader = new DataLoader((keys: readonly number[]) =>
  Promise.resolve(keys.map((key) => new Error(`missing ${key}`)))
);
for (const key of [3, 4, 5]) loader.prime(key, new Error(`primed ${key}`));
loader.load(1).catch(() => {});
loader.load(2);
loader.load(3);
loader.loadMany([1, 4]);
await turns(12);
console.log("end");
