/**
 * Finds the batched methods of an object.
 *
 * @module
 */
import { Batcher } from "../batcher.ts";
import { nameOf } from "../decoration.ts";
import { type Method, methodOf } from "./method.ts";

const { getOwnPropertyDescriptor: descriptorOf } = Object;

/** A batched method that an object has, by itself or by its prototypes. */
export interface Found {
  readonly key: string | symbol;
  readonly method: Method;
  /** Whether it is what the object shows by this key, no other method being nearer. */
  readonly isVisible: boolean;
  /** Whether no other batched one is nearer. */
  readonly isNearest: boolean;
}

/** Walks from the object up its prototypes; getters are left alone. */
export function methodsOf(start: object | null | undefined): Found[] {
  const found: Found[] = [];
  const seen = new Set<string | symbol>();
  for (let at = start ?? null; at !== null; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      const method = methodOf(descriptorOf(at, key)?.value);
      if (method !== undefined) {
        const isNearest = !found.some((other) => other.key === key);
        found.push({ key, method, isVisible: !seen.has(key), isNearest });
      }
      seen.add(key);
    }
  }
  return found;
}

/** The batched methods that can be called on an object by their names. */
export function visibleMethodsOf(object: object | undefined): Found[] {
  return methodsOf(object).filter(({ isVisible }) => isVisible);
}

/** What an object has; where that is nothing, what its instances have, or where else to look. */
export function inventory(object: object): string {
  if (descriptorOf(object, "batcher")?.value instanceof Batcher) {
    return 'it is a function of batched(), take its "batcher"';
  }
  const own = namesOf(object);
  if (own !== "") return `it has ${own}`;
  const theirs = typeof object === "function" ? namesOf(object.prototype) : "";
  return theirs === "" ? "it has none" : `its instances have ${theirs}`;
}

function namesOf(object: object | undefined): string {
  return visibleMethodsOf(object).map(({ key }) => `"${nameOf(key)}"`).join(
    ", ",
  );
}
