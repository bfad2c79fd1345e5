/**
 * Puts the rows of a database back into the order of the items that asked for them.
 *
 * @module
 */
import { isObject, shown } from "./core/check.ts";

/** What rows and items are matched by; compared as keys of a `Map` are, so that `1` is not `"1"`. */
export type AlignKey =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined;

/** What a key is read from: rows, and items that are objects. An item that is no object is its own key. */
export type Keyed<In, Row> = Row | (In extends AlignKey ? never : In);

/** What the key of an item may be compared with; a row without a key is nobody's. */
export type KeyFor<In> = [In] extends [never] ? AlignKey
  :
    | (In extends string ? string
      : In extends number ? number
      : In extends bigint ? bigint
      : In extends AlignKey ? In
      : AlignKey)
    | null
    | undefined;

/** What stands where a row is missing. Errors count as errors of any class: they reject, and are no results. */
export type Gap<Missing> = Missing extends Error ? Error : Missing;

/**
 * Gives each item its row: a query answers in any order, leaves out what it did not find and
 * says once what was asked for twice.
 *
 * @param items What was asked for. One that is no object is its own key; of others the key is
 * read as it is of rows.
 * @param rows What was found, in any order. If several have the same key, the first one counts;
 * `null` and `undefined` are no rows.
 * @param keyOf Reads the key, a primitive.
 * @param options `missing` says what an item gets for which there is no row: an `Error` rejects
 * its call. Left out, it gets `undefined`.
 * @returns A row, or what is there for it, for each item in their order.
 * @throws {TypeError} If `keyOf` returns an object.
 * @example Items that are keys
 * ```ts
 * import { align, batched } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const table = [{ id: 1, name: "Ada" }, { id: 2, name: "Bob" }];
 * const query = (ids: number[]) => table.filter(({ id }) => ids.includes(id));
 *
 * const user = batched((ids: number[]) =>
 *   align(ids, query(ids), (row) => row.id, {
 *     missing: (id) => new RangeError(`no user ${id}`),
 *   })
 * );
 * const [bob, ada, again] = await Promise.all([user(2), user(1), user(2)]);
 * assert.deepEqual([bob.name, ada.name, again.name], ["Bob", "Ada", "Bob"]);
 * await assert.rejects(user(3), RangeError);
 * ```
 * @example Items that have keys, as their rows do
 * ```ts
 * import { align } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const cells = [{ x: 0, y: 1 }, { x: 0, y: 0 }];
 * const rows = [{ x: 0, y: 0, color: "red" }];
 * assert.deepEqual(
 *   align(cells, rows, ({ x, y }) => `${x}:${y}`, { missing: () => "none" }),
 *   ["none", rows[0]],
 * );
 * ```
 */
export function align<In, Row>(
  items: readonly In[],
  rows: Iterable<Row | null | undefined>,
  keyOf: (row: Keyed<NoInfer<In>, NoInfer<Row>>) => KeyFor<NoInfer<In>>,
  options?: { missing?: undefined },
): (Row | undefined)[];
/** Gives each item its row, or what is to stand for a missing one. */
export function align<In, Row, Missing>(
  items: readonly In[],
  rows: Iterable<Row | null | undefined>,
  keyOf: (row: Keyed<NoInfer<In>, NoInfer<Row>>) => KeyFor<NoInfer<In>>,
  options: { missing?: ((item: In) => Missing) | undefined },
): (Row | Gap<Missing>)[];
export function align<In, Row>(
  items: readonly In[],
  rows: Iterable<Row | null | undefined>,
  keyOf: (row: Keyed<In, Row>) => AlignKey,
  { missing }: { missing?: ((item: In) => unknown) | undefined } = {},
): unknown[] {
  return rowsOf(items, rows, keyOf).map((found, index) =>
    found.length > 0 ? found[0] : missing?.(items[index]!)
  );
}

/**
 * Gives each item all its rows, which may be none.
 *
 * @param items What was asked for; see {@link align}.
 * @param rows What was found, in any order.
 * @param keyOf Reads the key, a primitive.
 * @returns An array of its own for each item, with the rows in the order in which they came.
 * @throws {TypeError} If `keyOf` returns an object.
 * @example
 * ```ts
 * import { alignGroups } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const rows = [
 *   { authorId: 2, title: "On Bats" },
 *   { authorId: 1, title: "Engines" },
 *   { authorId: 2, title: "On Cats" },
 * ];
 * const titles = alignGroups([1, 2, 3], rows, (row) => row.authorId)
 *   .map((found) => found.map(({ title }) => title));
 * assert.deepEqual(titles, [["Engines"], ["On Bats", "On Cats"], []]);
 * ```
 */
export function alignGroups<In, Row>(
  items: readonly In[],
  rows: Iterable<Row | null | undefined>,
  keyOf: (row: Keyed<NoInfer<In>, NoInfer<Row>>) => KeyFor<NoInfer<In>>,
): Row[][];
export function alignGroups<In, Row>(
  items: readonly In[],
  rows: Iterable<Row | null | undefined>,
  keyOf: (row: Keyed<In, Row>) => AlignKey,
): Row[][] {
  return rowsOf(items, rows, keyOf).map((found) => [...found]);
}

/** The rows of each item; items of one key have the same array. */
function rowsOf<In, Row>(
  items: readonly In[],
  rows: Iterable<Row | null | undefined>,
  keyOf: (row: Keyed<In, Row>) => AlignKey,
): (readonly Row[])[] {
  const groups = new Map<AlignKey, Row[]>();
  for (const row of rows) {
    if (row === null || row === undefined) continue;
    const key = keyIn(row, keyOf);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return items.map((item) => {
    const key = isObject(item)
      ? keyIn(item as Keyed<In, Row>, keyOf)
      : item as AlignKey;
    return groups.get(key) ?? [];
  });
}

function keyIn<Row>(row: Row, keyOf: (row: Row) => AlignKey): AlignKey {
  const key: unknown = keyOf(row);
  if (!isObject(key)) return key as AlignKey;
  throw new TypeError(
    `Cannot align rows: the key must be a primitive, got ${shown(key)}`,
  );
}
