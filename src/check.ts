/**
 * Checks options and says what is wrong with one: its name, what was wanted, what came.
 *
 * @module
 */

/** A value that is no object. */
type Primitive = string | number | bigint | boolean | symbol | null | undefined;

/** Reads options one by one; each reader returns `undefined` for one that was left out. */
export class Check {
  readonly #action: string;
  readonly #options: Record<string, unknown>;

  /** Starts to `action` with these options, of which there are no others than `keys`. */
  constructor(action: string, options: object, keys: readonly string[]) {
    this.#action = action;
    this.#options = options as Record<string, unknown>;
    if (typeof options !== "object" || options === null) {
      throw this.#wrong(TypeError, "options", "be an object", options);
    }
    for (const key in options) {
      if (keys.includes(key)) continue;
      throw new TypeError(
        `Cannot ${action}: unknown option "${key}", wanted one of ${
          keys.join(", ")
        }`,
      );
    }
  }

  /** A whole number, or `Infinity`. */
  count(key: string, least: number): number | undefined {
    return this.#number(
      key,
      `be an integer >= ${least} or Infinity`,
      (n) => n >= least && (Number.isInteger(n) || n === Infinity),
    );
  }

  /** A whole number between two others. */
  integer(key: string, least: number, most: number): number | undefined {
    return this.#number(
      key,
      `be an integer from ${least} to ${most}`,
      (n) => n >= least && n <= most && Number.isInteger(n),
    );
  }

  /** A number above 0. */
  amount(key: string): number | undefined {
    return this.#number(key, "be a number > 0", (n) => n > 0);
  }

  /** Whole numbers, each larger than the one before. */
  counts(key: string): readonly number[] | undefined {
    return this.#read(
      key,
      "be an array of integers >= 1 in ascending order",
      (v) =>
        Array.isArray(v) && v.length > 0 &&
        [...v].every((n, i) => Number.isInteger(n) && n > (v[i - 1] ?? 0)),
    );
  }

  /** So many batches in any span of that length. */
  rate(key: string): { batches: number; perMs: number } | undefined {
    const value = this.#read<object>(key, "be an object", isObject);
    if (value === undefined) return undefined;
    const keys = ["batches", "perMs"];
    const check = new Check(`${this.#action}: in "${key}"`, value, keys);
    const batches = check.required("batches", check.count("batches", 1));
    return { batches, perMs: check.required("perMs", check.span("perMs")) };
  }

  /** What must not be left out. */
  required<T>(key: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw this.#wrong(TypeError, key, "be given", value);
  }

  /** What must be left out. */
  absent(key: string, where: string): void {
    this.#read(key, `be left out ${where}`, () => false);
  }

  /** An object with options of its own, to be read in turn. */
  part(key: string, keys: readonly string[]): Check | undefined {
    const value = this.#read<object>(key, "be an object", isObject);
    if (value === undefined) return undefined;
    return new Check(`${this.#action}: in "${key}"`, value, keys);
  }

  /** A time in ms that may be 0, or what tells it. */
  delay(key: string): number | ((attempt: number) => number) | undefined {
    if (typeof this.#options[key] !== "function") return this.ms(key);
    return this.fn(key) as (attempt: number) => number;
  }

  /** A time in ms that may be 0. */
  ms(key: string): number | undefined {
    return this.#number(key, "be a number of ms >= 0", (n) => n >= 0);
  }

  /** A time in ms. */
  span(key: string): number | undefined {
    return this.#number(key, "be a number of ms > 0", (n) => n > 0);
  }

  /** A function. */
  fn(key: string): unknown {
    return this.#read(key, "be a function", (v) => typeof v === "function");
  }

  /** A function, or the name of a method. */
  handler(key: string): unknown {
    return this.#read(
      key,
      "be a function or the name of a method",
      (v) => typeof v === "function" || (typeof v === "string" && v !== ""),
    );
  }

  /** True or false. */
  flag(key: string): boolean | undefined {
    return this.#read(key, "be a boolean", (v) => typeof v === "boolean");
  }

  /** A string. */
  text(key: string): string | undefined {
    return this.#read(key, "be a string", (v) => typeof v === "string");
  }

  /** What can be compared by value. */
  primitive(key: string): Primitive {
    return this.#read(
      key,
      "be a primitive",
      (v) => typeof v !== "function" && (typeof v !== "object" || v === null),
    );
  }

  /** One of a few words. */
  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const wanted = `be one of ${choices.map((c) => `"${c}"`).join(", ")}`;
    return this.#read(key, wanted, (v) => choices.includes(v as T));
  }

  /** An AbortSignal of this realm or another. */
  signal(key: string): AbortSignal | undefined {
    return this.#read(
      key,
      "be an AbortSignal",
      (v) =>
        isObject(v) && typeof v["aborted"] === "boolean" &&
        typeof v["addEventListener"] === "function",
    );
  }

  /** An object of functions with these names. */
  record<T extends object>(
    key: string,
    keys: readonly (keyof T & string)[],
  ): T | undefined {
    const check = this.part(key, keys);
    for (const name of keys) check?.fn(name);
    return this.#options[key] as T | undefined;
  }

  /** Whatever fits. */
  value(key: string, wanted: string, fits: (value: unknown) => boolean): void {
    this.#read(key, wanted, fits);
  }

  /** An object with these methods. */
  methods<T>(key: string, names: readonly string[]): T | undefined {
    return this.#read<T>(
      key,
      `be an object with ${names.map((name) => `${name}()`).join(", ")}`,
      (v) =>
        isObject(v) && names.every((name) => typeof v[name] === "function"),
    );
  }

  #number(
    key: string,
    wanted: string,
    fits: (value: number) => boolean,
  ): number | undefined {
    const value = this.#read<number>(key, wanted, (v) => typeof v === "number");
    if (value === undefined || fits(value)) return value;
    throw this.#wrong(RangeError, key, wanted, value);
  }

  #read<T>(
    key: string,
    wanted: string,
    fits: (value: unknown) => boolean,
  ): T | undefined {
    const value = this.#options[key];
    if (value === undefined || fits(value)) return value as T | undefined;
    throw this.#wrong(TypeError, key, wanted, value);
  }

  #wrong(
    kind: typeof TypeError,
    key: string,
    wanted: string,
    value: unknown,
  ): Error {
    return new kind(
      `Cannot ${this.#action}: "${key}" must ${wanted}, got ${shown(value)}`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A value as an error shows it: short, and what it is rather than what is in it. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
