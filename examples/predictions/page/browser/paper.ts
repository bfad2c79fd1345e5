/**
 * The paper: ink from a mouse, a finger, a pen, or the arrow keys.
 *
 * @module
 */

/// <reference lib="dom" />

import { side } from "../../digits/network.ts";

/** A twelfth of a digit that fills most of the paper. */
const penWidth = 20;
/** How far an arrow key moves the pen. */
const keyStep = 10;

interface Point {
  readonly x: number;
  readonly y: number;
}

const arrows: Record<string, Point> = {
  ArrowLeft: { x: -keyStep, y: 0 },
  ArrowRight: { x: keyStep, y: 0 },
  ArrowUp: { x: 0, y: -keyStep },
  ArrowDown: { x: 0, y: keyStep },
};

/** A canvas to draw on. Ink is what is not transparent. */
export class Paper {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #onInk: (isDone: boolean) => void;
  /** Where the pen of the mouse or finger touches the paper; `undefined` while lifted. */
  #last: Point | undefined;
  /** Where the pen of the keys is, and whether it is down. */
  #pen: Point;
  #isPenDown = false;

  /** `onInk` hears of each change, and whether a stroke has ended with it. */
  constructor(canvas: HTMLCanvasElement, onInk: (isDone: boolean) => void) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true })!;
    this.#onInk = onInk;
    this.#pen = { x: canvas.width / 2, y: canvas.height / 4 };
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(end, (event) => this.#lift(event));
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.#showPen());
    canvas.addEventListener("blur", () => this.#showPen());
  }

  /** The ink, row by row, 0 for paper to 255. */
  ink(): Uint8Array {
    const { width, height } = this.#canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    const ink = new Uint8Array(width * height);
    for (let at = 0; at < ink.length; at++) ink[at] = data[4 * at + 3]!;
    return ink;
  }

  /** How wide it is, in points. */
  get width(): number {
    return this.#canvas.width;
  }

  /** Takes all ink away. */
  clear(): void {
    this.#wipe();
    this.#onInk(true);
  }

  /** Puts an image of 28x28 points there instead. */
  put(image: Uint8Array): void {
    this.#wipe();
    const small = new OffscreenCanvas(side, side);
    paint(small.getContext("2d")!, image);
    const { width, height } = this.#canvas;
    this.#context.drawImage(small, 0, 0, width, height);
    this.#onInk(true);
  }

  #wipe(): void {
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #press(event: PointerEvent): void {
    // A second finger, or the heel of a hand, draws nothing.
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    const point = this.#pointOf(event);
    this.#last = point;
    this.#line(point, point);
    this.#onInk(false);
  }

  #move(event: PointerEvent): void {
    if (this.#last === undefined || !event.isPrimary) return;
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const part of coalesced.length > 0 ? coalesced : [event]) {
      const point = this.#pointOf(part);
      this.#line(this.#last, point);
      this.#last = point;
    }
    this.#onInk(false);
  }

  #lift({ isPrimary }: PointerEvent): void {
    if (this.#last === undefined || !isPrimary) return;
    this.#last = undefined;
    this.#onInk(true);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = arrows[event.key];
    if (step !== undefined) this.#step(step);
    else if (event.key === " ") this.#togglePen();
    else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else return;
    event.preventDefault();
  }

  #step({ x, y }: Point): void {
    const { width, height } = this.#canvas;
    const from = this.#pen;
    this.#pen = { x: clamp(from.x + x, width), y: clamp(from.y + y, height) };
    if (this.#isPenDown) {
      this.#line(from, this.#pen);
      this.#onInk(false);
    }
    this.#showPen();
  }

  #togglePen(): void {
    this.#isPenDown = !this.#isPenDown;
    if (this.#isPenDown) this.#line(this.#pen, this.#pen);
    this.#onInk(!this.#isPenDown);
    this.#showPen();
  }

  /** The style sheet draws the pen where the keys have it. */
  #showPen(): void {
    const { style, dataset } = this.#canvas.parentElement!;
    style.setProperty("--pen-x", `${this.#pen.x / this.#canvas.width}`);
    style.setProperty("--pen-y", `${this.#pen.y / this.#canvas.height}`);
    dataset["pen"] = this.#isPenDown ? "down" : "up";
  }

  #line(from: Point, to: Point): void {
    const context = this.#context;
    context.lineWidth = penWidth;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }

  #pointOf({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return {
      x: (clientX - left) / width * this.#canvas.width,
      y: (clientY - top) / height * this.#canvas.height,
    };
  }
}

/** Paints an image of 28x28 points as ink. */
export function paint(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  image: Uint8Array,
  left = 0,
  top = 0,
): void {
  const data = new ImageData(side, side);
  image.forEach((shade, at) => data.data[4 * at + 3] = shade);
  context.putImageData(data, left, top);
}

function clamp(value: number, end: number): number {
  return Math.max(penWidth / 2, Math.min(end - penWidth / 2, value));
}
