/**
 * The whole service: models, what answers by them, app and server, and their common end.
 *
 * @module
 */

import { closeAll } from "../../mod.ts";
import { createApp } from "./app.ts";
import { Digits } from "./digits/digits.ts";
import { loadTfjsDigits } from "./digits/tfjs_model.ts";
import { Gate } from "./gate.ts";
import { Predictor } from "./predictor.ts";
import { listen } from "./runtimes/listen.ts";
import { loadTfjsModel } from "./tfjs_model.ts";

/** A service that takes requests. */
export interface Service {
  readonly port: number;
  readonly url: string;
  readonly predictor: Predictor;
  readonly digits: Digits;
  /** Stops accepting, answers what was accepted, closes the batchers. Twice is the same end. */
  stop(): Promise<void>;
}

const hostname = "127.0.0.1";
/** A client that never sends the rest of its body cannot hold up the end for ever. */
const maxStopMs = 5000;

/** Loads the models and listens on `port`; 0 means any free one. */
export async function startService(port: number): Promise<Service> {
  const predictor = new Predictor(await loadTfjsModel());
  const digits = new Digits(await loadTfjsDigits());
  const ending = new AbortController();
  const app = createApp({ predictor, digits }, { ending: ending.signal });
  const gate = new Gate(app.fetch);
  const server = await listen(gate.fetch, { hostname, port });
  let stopped: Promise<void> | undefined;
  return {
    port: server.port,
    url: `http://${hostname}:${server.port}/`,
    predictor,
    digits,
    stop: () => stopped ??= stop(),
  };

  async function stop(): Promise<void> {
    ending.abort();
    await gate.shut();
    const answered = server.stop();
    gate.open();
    await within(maxStopMs, answered);
    await Promise.all([closeAll(predictor), closeAll(digits)]);
  }
}

/** Resolves with `work`, or after `ms` without it. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
