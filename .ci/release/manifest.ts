/**
 * The manifest of the npm package.
 *
 * @module
 */

/** What is read and written of a `package.json`. */
export interface Manifest {
  main?: string;
  types?: string;
  exports?: Record<string, Entry | Conditions>;
  typesVersions?: Record<string, Record<string, string[]>>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional: boolean }>;
}

/** An entry as `deno pack` writes it. */
export interface Entry {
  types: string;
  default: string;
}

/** An entry for ECMAScript modules and CommonJS. The first condition that fits is taken. */
export interface Conditions {
  /** Where `require()` takes ECMAScript modules, Node from 20.19 on, so that there is one copy. */
  "module-sync": Entry;
  /** Bun does so as well. */
  bun: Entry;
  import: Entry;
  /** Elsewhere: older versions of Node, and Jest unless `--experimental-vm-modules` is set. */
  require: Entry;
}

/** Where the modules of CommonJS are. */
export const COMMONJS_FOLDER = "cjs";

/** What npm shows, and which versions of Node are tested. */
const ABOUT = {
  description:
    "Turns an async method for one item into one whose calls travel in batches: models, databases and APIs see few large requests",
  keywords: [
    "batch",
    "batching",
    "decorator",
    "dataloader",
    "hono",
    "inference",
  ],
  engines: { node: ">=20" },
  /** Importing this one does something by itself. */
  sideEffects: ["./src/reflect.js", `./${COMMONJS_FOLDER}/src/reflect.js`],
};

/** All that has to be changed in what `deno pack` writes. */
export function manifestForNpm(manifest: Manifest): Manifest {
  return { ...withCommonJs(withOptionalPeers(manifest)), ...ABOUT };
}

/**
 * Makes optional peers of all dependencies. Each belongs to an entry that is about it (`./hono`,
 * `./otel`, `./reflect`): whoever imports that entry has it already, and nobody else needs it.
 */
export function withOptionalPeers(manifest: Manifest): Manifest {
  const { dependencies = {}, ...rest } = manifest;
  const optional = Object.keys(dependencies).map((name) =>
    [name, { optional: true }] as const
  );
  return {
    ...rest,
    peerDependencies: dependencies,
    peerDependenciesMeta: Object.fromEntries(optional),
  };
}

/** Leads `require()` to the modules of CommonJS, and those who know no `exports`. */
export function withCommonJs(manifest: Manifest): Manifest {
  const exports: Record<string, Conditions> = {};
  const typesVersions: Record<string, string[]> = {};
  for (const [name, entry] of Object.entries(manifest.exports ?? {})) {
    if (!("types" in entry)) throw new TypeError(`${name} has conditions`);
    const { types } = entry;
    const modules = { types, default: entry.default };
    const require = {
      types: commonJs(types),
      default: commonJs(entry.default),
    };
    exports[name] = {
      "module-sync": modules,
      bun: modules,
      import: modules,
      require,
    };
    if (name !== ".") typesVersions[name.slice(2)] = [require.types];
  }
  const main = exports["."]?.require;
  return {
    ...manifest,
    ...(main === undefined ? {} : { main: main.default, types: main.types }),
    exports,
    typesVersions: { "*": typesVersions },
  };
}

function commonJs(file: string): string {
  return file.replace("./", `./${COMMONJS_FOLDER}/`);
}
