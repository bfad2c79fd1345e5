/**
 * Checks options and says what is wrong with one: its name, what was wanted, what came.
 *
 * @module
 */

/**
 * What an option must be, unless it is left out. Rules are plain objects, so that bundlers can leave out those that
 * nobody uses.
 */
export interface Rule {
  /** In words, after "must". */
  readonly wanted: string;
  /** Whether a value is of the right type; left out: whether it is a number. */
  readonly is?: (value: unknown) => boolean;
  /** Whether a number is in range. */
  readonly fits?: (value: number) => boolean;
  /** Whether it must not be left out. */
  readonly isRequired?: boolean;
  /** Another option that must be given with it. */
  readonly needs?: string;
  /** For an object: the rules of what is in it. */
  readonly parts?: Rules;
}

/** All options that there are, each with its rule. */
export type Rules<Options = Record<string, unknown>> = {
  readonly [Key in keyof Options]-?: Rule;
};

/** True or false. */
export const FLAG: Rule = {
  wanted: "be a boolean",
  is: (value) => typeof value === "boolean",
};

/** A string. */
export const TEXT: Rule = {
  wanted: "be a string",
  is: (value) => typeof value === "string",
};

/** A function. */
export const FUNCTION: Rule = { wanted: "be a function", is: isFunction };

/** A time in ms that may be 0. */
export const MS: Rule = {
  wanted: "be a number of ms >= 0",
  fits: (n) => n >= 0,
};

/** A time in ms. */
export const SPAN: Rule = {
  wanted: "be a number of ms > 0",
  fits: (n) => n > 0,
};

/** A whole number, or `Infinity`. */
export const COUNT: Rule = {
  wanted: "be an integer >= 1 or Infinity",
  fits: (n) => n >= 1 && isWhole(n),
};

/** The same, or 0. */
export const COUNT_OR_0: Rule = {
  wanted: "be an integer >= 0 or Infinity",
  fits: (n) => n >= 0 && isWhole(n),
};

/** The same rule for what must not be left out. */
export function required(rule: Rule): Rule {
  return { ...rule, isRequired: true };
}

/**
 * Reads options: returns those that are given.
 *
 * @throws {TypeError} If one is unknown, missing or of the wrong type.
 * @throws {RangeError} If one is out of range.
 */
export function checked<Options extends object>(
  action: string,
  options: Options,
  rules: Rules<NoInfer<Options>>,
): Options {
  if (!isObject(options)) {
    throw wrong(action, "options", "be an object", options);
  }
  for (const key in options) {
    if (Object.hasOwn(rules, key)) continue;
    throw new TypeError(
      `Cannot ${action}: unknown option "${key}", wanted one of ${
        Object.keys(rules).join(", ")
      }`,
    );
  }
  const given: Record<string, unknown> = {};
  for (const key in rules) {
    const rule: Rule = rules[key as keyof Options];
    const value: unknown = options[key];
    if (value === undefined) {
      if (rule.isRequired) throw wrong(action, key, "be given", value);
      continue;
    }
    const { wanted, is = isNumber, fits, needs, parts } = rule;
    if (!is(value)) throw wrong(action, key, wanted, value);
    if (fits && !fits(value as number)) {
      throw wrong(action, key, wanted, value, RangeError);
    }
    if (needs && value && options[needs] === undefined) {
      throw wrong(action, needs, `be given with ${key}`, undefined);
    }
    if (parts && isObject(value)) {
      checked(`${action}: in "${key}"`, value, parts);
    }
    given[key] = value;
  }
  return given as Options;
}

/** The error of an option that is not what is wanted. */
export function wrong(
  action: string,
  key: string,
  wanted: string,
  value: unknown,
  kind: ErrorConstructor = TypeError,
  came: string = shown(value),
): Error {
  return new kind(`Cannot ${action}: "${key}" must ${wanted}, got ${came}`);
}

/** The error of a function that does not return what is wanted. What it returned is the user's, and not shown. */
export function wrongReturn(
  action: string,
  key: string,
  wanted: string,
  value: unknown,
  kind?: ErrorConstructor,
): Error {
  const came =
    typeof value === "number" || Array.isArray(value) || value === null
      ? undefined
      : `a value of type ${typeof value}`;
  return wrong(action, key, `return ${wanted}`, value, kind, came);
}

/** Whether it may have properties. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether it may have properties and is no value: functions are objects, too. */
export function isReference(value: unknown): value is object {
  return isFunction(value) || isObject(value);
}

/** Whether it can be called. */
export function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

/** Whether it has these methods. */
export function has(value: unknown, methods: readonly string[]): boolean {
  return isObject(value) && methods.every((name) => isFunction(value[name]));
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

function isWhole(n: number): boolean {
  return Number.isInteger(n) || n === Infinity;
}

/** A value as an error shows it: short, and what it is rather than what is in it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "function") return "a function";
  if (!isObject(value)) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
