/**
 * What a batch costs: models of back ends.
 *
 * @module
 */

/** A back end. */
export interface Cost {
  readonly name: string;
  /** How long a batch of that many takes, in ms. */
  ms(count: number): number;
  /** Most items in a batch. */
  readonly size: number;
  /** The sizes that it likes, where it has any. */
  readonly preferredSizes?: readonly number[];
}

/** A model served by a tensor library, as measured: 11 ms for one row, 13 ms for 200. */
export const keras: Cost = linear(11 - 2 / 199, 2 / 199, 200, "keras");

/** A database on the same network. */
export const database: Cost = linear(1, 0.02, 1000, "database");

/** Work that is mostly per item. */
export const perItem: Cost = linear(2, 0.5, 64, "per item");

/** An accelerator that computes 16 rows in the time of one. */
export const accelerator: Cost = {
  name: "accelerator",
  ms: (count) => 4 + 3 * Math.ceil(count / 16),
  size: 128,
  preferredSizes: Array.from({ length: 8 }, (_, index) => 16 * (index + 1)),
};

/** `fixed` ms for a batch and `each` ms for an item in it. */
export function linear(
  fixed: number,
  each: number,
  size: number,
  name = `${fixed} ms + ${each} ms * n`,
): Cost {
  return { name, size, ms: (count) => fixed + each * count };
}

/** How many items per ms a slot can do at most. */
export function capacity({ ms, size }: Cost): number {
  let most = 0;
  for (let count = 1; count <= size; count++) {
    most = Math.max(most, count / ms(count));
  }
  return most;
}
