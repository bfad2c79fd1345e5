/**
 * The few things of ONNX Runtime that are used here, written down by hand: the
 * package takes 140 MB, so the service and its demo do without, and whoever
 * wants it as an engine brings it along:
 *
 *     import * as ort from "onnxruntime-web/wasm";
 *     const model = await loadOnnxModel(ort);
 *
 * @module
 */

/** What `onnxruntime-web` exports. */
export interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly Tensor: {
    new (
      type: "float32",
      data: Float32Array,
      dims: readonly number[],
    ): OnnxTensor;
    new (type: "uint8", data: Uint8Array, dims: readonly number[]): OnnxTensor;
  };
  readonly InferenceSession: {
    create(file: Uint8Array): Promise<OnnxSession>;
  };
}

/** Numbers in a shape. */
export interface OnnxTensor {
  readonly data: unknown;
}

/** A loaded file, which has one input and one output. */
export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  // Its tensors are of a type that only its own package can make.
  // deno-lint-ignore no-explicit-any
  run(feeds: any): Promise<Readonly<Record<string, OnnxTensor>>>;
}

/** Loads a model file. */
export async function openSession(
  { env, InferenceSession }: OnnxRuntime,
  file: Uint8Array,
): Promise<OnnxSession> {
  // More threads need a page that is isolated from others, and brought nothing.
  env.wasm.numThreads = 1;
  return await InferenceSession.create(file);
}

/** Runs it once. */
export async function runSession(
  session: OnnxSession,
  input: OnnxTensor,
): Promise<Float32Array> {
  const outputs = await session.run({ [session.inputNames[0]!]: input });
  return outputs[session.outputNames[0]!]!.data as Float32Array;
}
