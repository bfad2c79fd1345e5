/**
 * What all viewers of the page share: the settings, the virtual clients, and the
 * numbers, which come to each viewer as server-sent events. Clients are at work
 * only while somebody watches.
 *
 * @module
 */

import { batcherOf } from "../../../mod.ts";
import type { Digits } from "../digits/digits.ts";
import type { Predictor } from "../predictor.ts";
import { Callers, type CallersPlan } from "./callers.ts";
import { changesOf, firstSettings, type Settings } from "./settings.ts";
import { Tally, type Tick } from "./tally.ts";

/** How often viewers hear. */
const tickMs = 250;
/** How often something comes at least: Bun and proxies end a connection on which nothing moves. */
const beatMs = 5000;
/** A comment, of which pages hear nothing. */
const beat = new TextEncoder().encode(":\n\n");
/** A viewer that has not read so many events is spared further ones. */
const mostUnread = 16;

/** What is watched and set. */
export interface LiveOptions extends Omit<CallersPlan, "tally"> {
  readonly predictor: Predictor;
  readonly digits: Digits;
  /** Aborts when the service is about to end. */
  readonly ending: AbortSignal | undefined;
}

type Viewer = ReadableStreamDefaultController<Uint8Array>;

/** The settings and the numbers. */
export class Live {
  readonly #batchers;
  readonly #tally = new Tally();
  readonly #callers: Callers;
  readonly #ending: AbortSignal | undefined;
  readonly #viewers = new Set<Viewer>();
  readonly #encoder = new TextEncoder();
  #settings: Settings = firstSettings;
  /** How often they have been changed. */
  #version = 0;
  /** There only while clients are at work. */
  #timer: ReturnType<typeof setInterval> | undefined;
  #tickedAt = 0;
  /** There only while somebody watches. */
  #beat: ReturnType<typeof setInterval> | undefined;

  /** Makes it; nobody watches yet. */
  constructor({ predictor, digits, ending, ...plan }: LiveOptions) {
    this.#batchers = [
      batcherOf(predictor, "predict"),
      batcherOf(digits, "classify"),
    ];
    this.#callers = new Callers({ ...plan, tally: this.#tally });
    this.#ending = ending;
    ending?.addEventListener("abort", () => this.#end());
  }

  /** How it is set. */
  get settings(): Settings {
    return this.#settings;
  }

  /** Sets it, and tells all viewers; returns the version of the settings that this is. */
  set(settings: Settings): number {
    this.#settings = settings;
    this.#version++;
    for (const batcher of this.#batchers) {
      batcher.configure(changesOf(settings));
    }
    this.#tell(this.#settingsEvent());
    this.#drive();
    return this.#version;
  }

  /** Events for one more viewer: the settings at first and at each change, and ticks. */
  watch(): ReadableStream<Uint8Array> {
    let viewer: Viewer;
    return new ReadableStream({
      start: (controller) => {
        viewer = controller;
        if (this.#ending?.aborted) return viewer.close();
        this.#viewers.add(viewer);
        viewer.enqueue(this.#settingsEvent());
        this.#drive();
      },
      cancel: () => {
        this.#viewers.delete(viewer);
        if (this.#viewers.size > 0) return;
        // Who comes next should not find the machine at work.
        this.#settings = { ...this.#settings, running: false };
        this.#drive();
      },
    }, { highWaterMark: mostUnread });
  }

  /** Puts the clients to work or to rest. */
  #drive(): void {
    const { mode, running, callers } = this.#settings;
    const isWatched = this.#viewers.size > 0;
    const isOn = running && isWatched;
    const path = mode === "single" ? "/predict" : "/optimized_predict";
    this.#callers.set(path, isOn ? callers : 0);
    this.#keepAlive(isWatched);
    if (isOn === (this.#timer !== undefined)) return;
    if (isOn) {
      this.#tickedAt = performance.now();
      this.#timer = setInterval(() => this.#tick(), tickMs);
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#tally.take(tickMs);
    }
  }

  #keepAlive(isWatched: boolean): void {
    if (isWatched) {
      this.#beat ??= setInterval(() => this.#tell(beat), beatMs);
    } else {
      clearInterval(this.#beat);
      this.#beat = undefined;
    }
  }

  #tick(): void {
    const now = performance.now();
    const { mode, callers } = this.#settings;
    const at = Date.now() / 1000;
    const sums = this.#tally.take(now - this.#tickedAt);
    this.#tickedAt = now;
    const tick: Tick = { at, mode, callers, ...sums };
    this.#tell(this.#event("tick", tick));
  }

  #tell(event: Uint8Array): void {
    for (const viewer of this.#viewers) {
      if (viewer.desiredSize! > 0) viewer.enqueue(event);
    }
  }

  #settingsEvent(): Uint8Array {
    return this.#event("settings", this.#settings, `id: ${this.#version}\n`);
  }

  #event(name: string, data: unknown, id = ""): Uint8Array {
    return this.#encoder.encode(
      `event: ${name}\ndata: ${JSON.stringify(data)}\n${id}\n`,
    );
  }

  #end(): void {
    for (const viewer of this.#viewers) viewer.close();
    this.#viewers.clear();
    this.#drive();
  }
}
