/**
 * A chart that moves: uPlot in the colours of the page, over the last minute.
 *
 * @module
 */

/// <reference lib="dom" />

import uPlot from "uplot";
import type { Mode } from "../settings.ts";
import { byId, colour } from "./element.ts";
import { shown } from "./numbers.ts";

/** A line, or an area. */
export interface ChartLine {
  readonly label: string;
  /** One that the style sheet knows. */
  readonly colour: string;
  /** Whether the area below it is tinted, */
  readonly filled?: boolean;
  /** or painted. */
  readonly stacked?: boolean;
}

/** How a chart looks. */
export interface ChartOptions {
  readonly unit: string;
  readonly lines: readonly ChartLine[];
  /** Where the axis ends; left out: a little above all values. */
  readonly top?: number;
}

/** How many seconds are shown. */
const span = 60;
const height = 170;
/** Between ticks that far apart the clients were at rest: nothing is drawn there. */
const gap = 1.5;

/** One chart. */
export class Chart {
  readonly #place: HTMLElement;
  readonly #plot: uPlot;
  readonly #times: number[] = [];
  readonly #modes: (Mode | null)[] = [];
  readonly #values: (number | null)[][];

  /** Makes it in the element with this id. */
  constructor(id: string, options: ChartOptions) {
    const place = byId(id);
    place.dataset["empty"] = "";
    this.#place = place;
    this.#values = options.lines.map(() => []);
    this.#plot = new uPlot(this.#optionsOf(options), this.#data(), place);
    new ResizeObserver(() => {
      this.#plot.setSize({ width: place.clientWidth, height });
    }).observe(place);
    matchMedia("(prefers-color-scheme: dark)")
      .addEventListener("change", () => this.#plot.redraw());
  }

  /** One more point of each line. */
  add(at: number, mode: Mode, values: readonly number[]): void {
    delete this.#place.dataset["empty"];
    const last = this.#times.at(-1);
    if (last !== undefined && at - last > gap) this.#push(last + gap / 2, null);
    this.#push(at, mode, values);
    while (this.#times[0]! < at - span) {
      for (const row of [this.#times, this.#modes, ...this.#values]) {
        row.shift();
      }
    }
    this.#plot.setData(this.#data());
  }

  #push(at: number, mode: Mode | null, values: readonly number[] = []): void {
    this.#times.push(at);
    this.#modes.push(mode);
    this.#values.forEach((row, line) => row.push(values[line] ?? null));
  }

  #data(): uPlot.AlignedData {
    return [this.#times, ...this.#values];
  }

  #optionsOf({ unit, lines, top }: ChartOptions): uPlot.Options {
    const font = "11px system-ui, sans-serif";
    const axis = {
      font,
      stroke: () => colour("faint"),
      grid: { stroke: () => colour("line"), width: 1 },
      ticks: { show: false },
    };
    return {
      width: 300,
      height,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => this.#shownTimes() },
        y: { range: (_, _min, max) => [0, top ?? Math.max(1, max * 1.1)] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          splits: () => [-60, -40, -20, 0].map((ago) => this.#now() + ago),
          values: (_, times) =>
            times.map((time) => {
              const ago = Math.round(time - this.#now());
              return ago === 0 ? "now" : `${ago} s`;
            }),
        },
        {
          ...axis,
          size: 52,
          values: (_, values) => values.map((value) => shown(value) + unit),
        },
      ],
      series: [{}, ...lines.map(seriesOf)],
      hooks: { drawClear: [(plot) => this.#shade(plot)] },
    };
  }

  #now(): number {
    return this.#times.at(-1) ?? 0;
  }

  #shownTimes(): [number, number] {
    return [this.#now() - span, this.#now()];
  }

  /** Tints the times in which calls reached the model one by one. */
  #shade(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = colour("single-tint");
    this.#modes.forEach((mode, at) => {
      if (mode !== "single") return;
      const end = this.#times[at]!;
      const start = Math.max(this.#times[at - 1] ?? end, this.#now() - span);
      const left = Math.floor(plot.valToPos(start, "x", true));
      const right = Math.floor(plot.valToPos(end, "x", true));
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    });
    ctx.restore();
  }
}

function seriesOf(
  { label, colour: name, filled, stacked }: ChartLine,
): uPlot.Series {
  return {
    label,
    width: stacked ? 0 : 2,
    stroke: () => colour(name),
    points: { show: false },
    ...filled && { fill: () => colour(`${name}-tint`) },
    ...stacked && { fill: () => colour(name) },
  };
}
