import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batchedMethods } from "../../mod.ts";
import { protocol } from "./doubler.ts";

const reason = "Deno" in globalThis
  ? "Deno 2.9 cannot transpile a decorated private method"
  : protocol === "legacy"
  ? "the legacy protocol has no private methods"
  : false;

describe("A private method", { skip: reason }, () => {
  /** Not seen by the compilers that could not read it. */
  const file = new URL("./private_methods.ts", import.meta.url).href;
  const load = async () => {
    const { Vault }: typeof import("./private_methods.ts") = await import(file);
    return new Vault();
  };

  it("Can be batched, with a twin that is given", async () => {
    const vault = await load();
    const answers = ["a", "b"].map((key) => vault.read(key));
    assert.deepEqual(await Promise.all(answers), ["a!", "b!"]);
    assert.deepEqual(vault.batches, [["a", "b"]]);
  });

  it("Keeps its name and length", async () => {
    const vault = await load();
    assert.deepEqual(vault.signature, ["#read", 1]);
  });

  it("Cannot be found from outside", async () => {
    assert.deepEqual(batchedMethods(await load()), []);
  });
});
