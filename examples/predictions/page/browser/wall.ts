/**
 * The wall: 256 tiles that turn green or red as their answers come.
 *
 * @module
 */

/// <reference lib="dom" />

import type { Example } from "../../digits/example.ts";
import { side } from "../../digits/network.ts";
import { hang, wallSize } from "../../digits/wall.ts";
import type { WallReading } from "../wall_reading.ts";
import { byId, make, wantsStillness, within } from "./element.ts";
import { count, shownMs } from "./numbers.ts";
import { paint } from "./paper.ts";
import { fetchWall, readWall } from "./server.ts";

const columns = 16;
/** At most so many times slower than it happens: else nobody could see it, */
const slowest = 40;
/** but nobody wants to wait for longer than this. */
const longestMs = 4000;
const steps: Record<string, number> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -columns,
  ArrowDown: columns,
};

/** The tiles, their digits, and how reading them went. */
export class Wall {
  readonly #examples: readonly Example[];
  readonly #tiles: readonly HTMLElement[];
  /** The last reading in each mode, to compare. */
  readonly #races = new Map<string, WallReading>();
  /** Counts readings: a newer one takes the tiles over. */
  #turn = 0;

  private constructor(
    examples: readonly Example[],
    onChoice: (image: Uint8Array) => void,
  ) {
    this.#examples = examples;
    const wall = byId("wall");
    this.#tiles = examples.map((example, at) => tileOf(example, at));
    wall.append(...this.#tiles);
    say("Not read yet");
    wall.addEventListener("click", ({ target }) => {
      const example = examples[this.#tiles.indexOf(target as HTMLElement)];
      if (example !== undefined) onChoice(example.image);
    });
    wall.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Fetches the digits and hangs them up. */
  static async hang(onChoice: (image: Uint8Array) => void): Promise<Wall> {
    const examples = hang(await fetchWall());
    await paintSprite(examples);
    return new Wall(examples, onChoice);
  }

  /** An example of this digit, another one each time. */
  sample(digit: number): Uint8Array {
    const fitting = this.#examples.filter((one) => one.digit === digit);
    return fitting[Math.floor(Math.random() * fitting.length)]!.image;
  }

  /** Has the server read all of them, and shows how that went; `isQuiet` if it has nothing else to do. */
  async read(isQuiet: boolean): Promise<void> {
    const turn = ++this.#turn;
    const reading = await readWall();
    if (isQuiet) this.#showRace(reading);
    if (turn !== this.#turn) return;
    say("Reading them");
    for (const tile of this.#tiles) delete tile.dataset["read"];
    const right = await this.#replay(reading, turn);
    if (turn !== this.#turn) return;
    const calls = count(reading.batches, "call", "calls");
    say(`${right} of ${wallSize} right in ${calls}, ${shownMs(reading.ms)}`);
  }

  /** Turns each tile when its answer came, in slow motion; says how many were right. */
  async #replay(reading: WallReading, turn: number): Promise<number> {
    const { answers } = reading;
    const slowness = slownessOf(reading);
    byId("pace").textContent = slowness === 0
      ? "Shown all at once."
      : `Shown ${count(slowness, "time", "times")} slower than it happens.`;
    const start = performance.now();
    const order = answers.map((answer, at) => ({ ...answer, at }))
      .sort((a, b) => a.ms - b.ms);
    let right = 0;
    for (const { digit, ms, at } of order) {
      while (performance.now() < start + ms * slowness) await nextFrame();
      if (turn !== this.#turn) break;
      const isRight = this.#turnTile(at, digit);
      if (isRight) right++;
    }
    return right;
  }

  #turnTile(at: number, digit: number): boolean {
    const tile = this.#tiles[at]!;
    const truth = this.#examples[at]!.digit;
    const isRight = digit === truth;
    tile.dataset["read"] = isRight ? "right" : "wrong";
    tile.dataset["digit"] = String(digit);
    const verdict = isRight ? "read right" : `read as ${digit}`;
    tile.ariaLabel = `${truth}, ${verdict}`;
    return isRight;
  }

  #showRace(reading: WallReading): void {
    this.#races.set(reading.mode, reading);
    const longest = Math.max(...[...this.#races.values()].map(({ ms }) => ms));
    for (const [mode, { ms, batches }] of this.#races) {
      const row = within(byId("race"), `[data-mode="${mode}"]`);
      within(row, ".track").style.setProperty("--share", `${ms / longest}`);
      within(row, "output").textContent = `${shownMs(ms)}, ${
        count(batches, "call", "calls")
      }`;
    }
  }

  /** One tile is in the order of tabs; arrow keys choose which. */
  #key(event: KeyboardEvent): void {
    const step = steps[event.key];
    const at = this.#tiles.indexOf(event.target as HTMLElement);
    const next = this.#tiles[at + (step ?? 0)];
    if (step === undefined || next === undefined) return;
    event.preventDefault();
    this.#tiles[at]!.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

function say(status: string): void {
  byId("wall-status").textContent = status;
}

/** How many times slower than it happened; 0: all at once. */
function slownessOf({ ms }: WallReading): number {
  if (wantsStillness()) return 0;
  return Math.max(1, Math.min(slowest, Math.round(longestMs / ms)));
}

function tileOf({ digit }: Example, at: number): HTMLElement {
  const tile = make("button");
  tile.type = "button";
  tile.tabIndex = at === 0 ? 0 : -1;
  tile.ariaLabel = `${digit}, not read yet`;
  const part = 100 / (columns - 1);
  tile.style.setProperty("--x", `${at % columns * part}%`);
  tile.style.setProperty("--y", `${Math.floor(at / columns) * part}%`);
  return tile;
}

/** All images in one picture: the style sheet cuts each tile out of it. */
async function paintSprite(examples: readonly Example[]): Promise<void> {
  const rows = Math.ceil(examples.length / columns);
  const canvas = new OffscreenCanvas(columns * side, rows * side);
  const context = canvas.getContext("2d")!;
  examples.forEach(({ image }, at) =>
    paint(context, image, at % columns * side, Math.floor(at / columns) * side)
  );
  const url = URL.createObjectURL(await canvas.convertToBlob());
  byId("wall").style.setProperty("--sprite", `url(${url})`);
}

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
