/**
 * Axes of charts.
 *
 * @module
 */
import type { Axis } from "../simulation/chart.ts";

/** From 0, with a tick at round numbers. */
export function axisTo(to: number): Omit<Axis, "label"> {
  const rough = to / 5;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((nice) => nice * decade >= rough)! * decade;
  const count = Math.floor(to / step);
  const ticks = Array.from({ length: count }, (_, i) => (i + 1) * step);
  return { from: 0, to, ticks, isLogarithmic: false };
}
