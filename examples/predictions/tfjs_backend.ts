/**
 * TensorFlow.js on its WebAssembly backend, for all models of the service. The package brings its
 * `.wasm` file and finds it by itself on Deno, Bun and Node.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";

/** Makes the backend ready; twice is the same backend. */
export async function startTfjs(): Promise<void> {
  // The library's own switch for no banner and no debug checks.
  tf.enableProdMode();
  if (!await tf.setBackend("wasm")) {
    throw new Error("Cannot load the model: no WebAssembly backend here");
  }
}
