/**
 * From scores to probabilities, with an exponential function of its own: that of the runtimes
 * differs in the last bits from one to the other, and then so would what is learned.
 *
 * @module
 */

/** The probabilities that belong to `count` scores from `start` on. */
export function softmax(
  scores: ArrayLike<number>,
  start: number,
  count: number,
): number[] {
  let highest = -Infinity;
  for (let i = 0; i < count; i++) {
    if (scores[start + i]! > highest) highest = scores[start + i]!;
  }
  const shares: number[] = [];
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const share = exponential(scores[start + i]! - highest);
    shares.push(share);
    sum += share;
  }
  for (let i = 0; i < count; i++) shares[i]! /= sum;
  return shares;
}

/**
 * e to the power of x, which is 0 or below, to about twelve digits: the first terms of the series
 * for a 1024th of x, squared ten times. What is below e^-60 is nothing next to 1.
 */
export function exponential(x: number): number {
  if (x < -60) return 0;
  const small = x / 1024;
  let power = 1;
  for (let term = 7; term > 0; term--) power = 1 + small / term * power;
  for (let turn = 0; turn < 10; turn++) power *= power;
  return power;
}
