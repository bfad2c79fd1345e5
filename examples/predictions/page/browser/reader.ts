/**
 * Reads what is on the paper while it is being drawn, and shows it in ten bars.
 *
 * @module
 */

/// <reference lib="dom" />

import { frame } from "../../digits/frame.ts";
import type { Mode } from "../settings.ts";
import { byId, make, within } from "./element.ts";
import { count, shownMs } from "./numbers.ts";
import { paint, Paper } from "./paper.ts";
import { type Reading, readPicture } from "./server.ts";

/** Below this it is a guess. */
const sure = 0.6;

/** The drawing and its bars. */
export class Reader {
  /** What is drawn on. */
  readonly paper: Paper;
  readonly #mode: () => Mode;
  readonly #onTrouble: (error: unknown) => void;
  readonly #seen = byId<HTMLCanvasElement>("seen").getContext("2d")!;
  readonly #bars: HTMLElement[];
  /** Whether a request is under way. The next one then takes what is newest when it is back. */
  #isAsking = false;
  #hasNews = false;
  /** Whether the newest ink ends a stroke: only then is the answer read out. */
  #isDone = false;

  /** Reads by the endpoint of this mode. */
  constructor(mode: () => Mode, onTrouble: (error: unknown) => void) {
    this.#mode = mode;
    this.#onTrouble = onTrouble;
    this.#bars = Array.from({ length: 10 }, (_, digit) => barOf(digit));
    byId("bars").append(...this.#bars);
    this.paper = new Paper(byId<HTMLCanvasElement>("ink"), (isDone) => {
      this.#isDone = isDone;
      this.read();
    });
    byId("clear").addEventListener("click", () => this.paper.clear());
  }

  /** Reads the paper, now or when the answer to the last request has come. */
  async read(): Promise<void> {
    this.#hasNews = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#hasNews) {
      this.#hasNews = false;
      await this.#ask().catch(this.#onTrouble);
    }
    this.#isAsking = false;
  }

  async #ask(): Promise<void> {
    const ink = this.paper.ink();
    const picture = frame(ink, this.paper.width);
    paint(this.#seen, picture);
    const isEmpty = picture.every((shade) => shade === 0);
    byId("ink-hint").hidden = !isEmpty;
    if (isEmpty) return this.#showNothing();
    const reading = await readPicture(picture, this.#mode());
    this.#show(reading);
  }

  #showNothing(): void {
    for (const bar of this.#bars) showBar(bar, 0, false);
    byId("answer").textContent = "No digit yet";
    byId("timing").textContent = "Each stroke is a request of its own.";
  }

  #show({ probabilities, ms, waitMs, runMs, size }: Reading): void {
    const most = Math.max(...probabilities);
    const digit = probabilities.indexOf(most);
    this.#bars.forEach((bar, at) =>
      showBar(bar, probabilities[at]!, at === digit)
    );
    const company = size === 1
      ? "alone"
      : `with ${count(size - 1, "other", "others")}`;
    byId("timing").textContent = `Waited ${shownMs(waitMs)}, read in ${
      shownMs(runMs)
    } ${company}; back here after ${shownMs(ms)}.`;
    if (!this.#isDone) return;
    const guess = most < sure ? "Perhaps" : "That is";
    const article = digit === 8 ? "an" : "a";
    byId("answer").textContent = `${guess} ${article} ${digit}`;
  }
}

function barOf(digit: number): HTMLElement {
  const item = make("li");
  const column = make("span");
  column.className = "column";
  column.append(make("span"));
  const share = make("span", "0 %");
  share.className = "share";
  const name = make("b", String(digit));
  item.append(name, column, share);
  return item;
}

function showBar(bar: HTMLElement, probability: number, isMost: boolean): void {
  within(bar, ".column").style.setProperty("--share", String(probability));
  within(bar, ".share").textContent = `${Math.round(100 * probability)} %`;
  bar.classList.toggle("most", isMost);
}
