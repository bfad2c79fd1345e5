import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { align, alignGroups, batched } from "../mod.ts";

interface User {
  id: number;
  name: string;
}

const ada: User = { id: 1, name: "Ada" };
const bob: User = { id: 2, name: "Bob" };
const id = (row: { id: number }) => row.id;

describe("align()", () => {
  it("Puts rows into the order of the items that are their keys", () => {
    assert.deepEqual(align([1, 2], [bob, ada], id), [ada, bob]);
  });

  it("Gives undefined where there is no row", () => {
    assert.deepEqual(align([3, 1], [ada], id), [undefined, ada]);
  });

  it("Gives what missing(item) says where there is no row, and asks only there", () => {
    const asked: number[] = [];
    const missing = (item: number) => (asked.push(item), -item);
    assert.deepEqual(align([3, 1, 4], [ada], id, { missing }), [-3, ada, -4]);
    assert.deepEqual(asked, [3, 4]);
    assert.deepEqual(align([1], [], id, { missing: undefined }), [undefined]);
  });

  it("Gives every item that asks for the same key the same row", () => {
    assert.deepEqual(align([2, 1, 2], [ada, bob], id), [bob, ada, bob]);
  });

  it("Takes the first of several rows with one key", () => {
    const second = { id: 1, name: "second" };
    assert.deepEqual(align([1], [ada, second], id), [ada]);
  });

  it("Leaves out rows that nobody asked for, and what is no row", () => {
    assert.deepEqual(align([1], [null, bob, undefined, ada], id), [ada]);
  });

  it("Takes any iterable of rows", () => {
    const rows = new Map([["a", bob], ["b", ada]]).values();
    assert.deepEqual(align([1, 2], rows, id), [ada, bob]);
  });

  it("Reads the key of items that are objects as it does of rows", () => {
    const items = [{ id: 2, at: "x" }, { id: 3, at: "y" }];
    assert.deepEqual(align(items, [ada, bob], id), [bob, undefined]);
  });

  it("Takes keys of several columns as one string", () => {
    const cells = [{ x: 1, y: 2 }, { x: 2, y: 1 }];
    const rows = [{ x: 2, y: 1, c: "b" }, { x: 1, y: 2, c: "a" }];
    const found = align(cells, rows, ({ x, y }) => `${x}:${y}`);
    assert.deepEqual(found.map((row) => row?.c), ["a", "b"]);
  });

  it("Compares as a Map does: NaN is itself, 0 is -0, and 1 is not the text", () => {
    const rows = [{ key: NaN }, { key: 0 }];
    const key = (row: { key: number }) => row.key;
    assert.deepEqual(align([NaN, -0], rows, key), rows);
    const texts = [{ key: "1" }] as unknown as { key: number }[];
    assert.deepEqual(align([1], texts, key), [undefined]);
  });

  it("Keeps a row that is falsy, and takes null as the answer of missing", () => {
    assert.deepEqual(align(["a"], [0], () => "a"), [0]);
    const missing = () => null;
    assert.deepEqual(align(["b"], [0], () => "a", { missing }), [null]);
  });

  it("Refuses a key that is an object: it would never be found", () => {
    const date = () => new Date(0) as unknown as number;
    const list = () => [1] as unknown as number;
    const message = (got: string) =>
      new TypeError(
        `Cannot align rows: the key must be a primitive, got ${got}`,
      );
    assert.throws(() => align([1], [ada], date), message("an object"));
    assert.throws(() => alignGroups([1], [ada], list), message("an array"));
    assert.throws(() => align([ada], [], list), message("an array"));
  });

  it("Has room for nothing", () => {
    assert.deepEqual(align([], [ada], id), []);
    assert.deepEqual(alignGroups([], [ada], id), []);
  });

  it("An Error from missing rejects that call alone", async () => {
    const user = batched((ids: number[]) =>
      align(ids, [bob, ada], id, { missing: (id) => new Error(`no ${id}`) })
    );
    const calls = await Promise.allSettled([user(1), user(7), user(2)]);
    assert.deepEqual(calls, [
      { status: "fulfilled", value: ada },
      { status: "rejected", reason: new Error("no 7") },
      { status: "fulfilled", value: bob },
    ]);
  });
});

describe("alignGroups()", () => {
  const rows = [
    { owner: 2, pet: "a" },
    { owner: 1, pet: "b" },
    { owner: 2, pet: "c" },
    { owner: null, pet: "d" },
  ];
  const owner = (row: { owner: number | null }) => row.owner;

  it("Gives each item all its rows in their order, none where there are none", () => {
    const groups = alignGroups([3, 2, 1], rows, owner);
    assert.deepEqual(groups, [[], [rows[0], rows[2]], [rows[1]]]);
  });

  it("Gives each item an array of its own", () => {
    const [first, second] = alignGroups([2, 2], rows, owner);
    assert.deepEqual(first, second);
    assert.notEqual(first, second);
  });

  it("Reads the key of items that are objects as it does of rows", () => {
    const [group] = alignGroups([{ owner: 1 }], rows, owner);
    assert.deepEqual(group, [rows[1]]);
  });
});
