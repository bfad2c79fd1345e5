/**
 * Rows that are put into the order of their items. Compiled, never run.
 *
 * @module
 */
import { assertType, type IsExact } from "@std/testing/types";
import { align, alignGroups, Batched, batched, one } from "../../mod.ts";

interface User {
  id: number;
  name: string;
  boss: number | null;
}

class NotFound extends Error {
  readonly status = 404;
}

declare const users: User[];
declare const found: (User | null)[];
type Id = number & { readonly brand: "id" };
declare const ids: Id[];

const plain = align([1, 2], users, (row) => row.id);
assertType<IsExact<typeof plain, (User | undefined)[]>>(true);

const nulls = align([1], found, (row) => row.id);
assertType<IsExact<typeof nulls, (User | undefined)[]>>(true);

const named = align([1], users, (row) => row.id, { missing: (id) => id * 2 });
assertType<IsExact<typeof named, (User | number)[]>>(true);

const strict = align([1], users, (row) => row.id, {
  missing: (id) => new NotFound(String(id)),
});
assertType<IsExact<typeof strict, (User | Error)[]>>(true);

const branded: (User | undefined)[] = align(ids, users, (row) => row.id);
const letters: readonly ("a" | "b")[] = ["a", "b"];
const literal: ({ key: string } | undefined)[] = align(
  letters,
  [{ key: "a" }],
  (row) => row.key,
);
const items = align([{ id: 1, at: 5 }], users, (row) => row.id);
assertType<IsExact<typeof items, (User | undefined)[]>>(true);

const groups = alignGroups([1, 2], users, (row) => row.boss);
assertType<IsExact<typeof groups, User[][]>>(true);

// @ts-expect-error rows are matched by a text, items are numbers
align([1], users, (row) => row.name);
// @ts-expect-error the key is no primitive
align([{ id: 1 }], users, (row) => [row.id]);
// @ts-expect-error items have no such key
align([{ key: 1 }], users, (row) => row.id);
// @ts-expect-error there is no such option
align([1], users, (row) => row.id, { default: null });

const user = batched((ids: number[]) =>
  align(ids, users, (row) => row.id, { missing: () => new NotFound() })
);
const alone: Promise<User> = user(1);

/** Twins that answer rows. */
export class Users {
  @Batched()
  find(id: number): Promise<User> {
    return one(this.findBatch([id]));
  }
  async findBatch(ids: number[]): Promise<(User | Error)[]> {
    return await align(ids, users, (row) => row.id, {
      missing: () => new NotFound(),
    });
  }

  @Batched({ handler: (ids) => alignGroups(ids, users, (row) => row.boss) })
  async staff(_boss: number): Promise<User[]> {
    return await [];
  }
}

export { alone, branded, literal };
