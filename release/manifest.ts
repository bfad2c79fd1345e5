/**
 * The manifest of the npm package.
 *
 * @module
 */

/** What is read and written of a `package.json`. */
export interface Manifest {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional: boolean }>;
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
