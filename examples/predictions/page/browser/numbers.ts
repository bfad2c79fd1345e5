/**
 * Numbers as people read them.
 *
 * @module
 */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** With three digits or so. */
export function shown(value: number): string {
  if (value >= 100) return whole.format(value);
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, "");
}

/** A time in ms, which no line breaks. */
export function shownMs(ms: number): string {
  return `${shown(ms)}\u00a0ms`;
}

/** So many of something. */
export function count(number: number, one: string, many: string): string {
  return `${whole.format(number)} ${number === 1 ? one : many}`;
}

/** The mean; 0 of none. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
