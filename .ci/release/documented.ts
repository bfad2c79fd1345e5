/**
 * How much of what can be imported has a comment, as JSR counts it.
 *
 * @module
 */

/** Part of what `deno doc --json` says. */
export interface Documentation {
  nodes: Record<string, {
    symbols?: { name: string; declarations: Declaration[] }[];
  }>;
}

/** One of those that make up a symbol. */
export interface Declaration {
  /** Such as `function`; a `reference` is another name of what is documented elsewhere. */
  kind?: string;
  jsDoc?: { doc?: string };
}

/** What has a comment, and the names of what has none. */
export interface Coverage {
  documented: number;
  missing: string[];
}

/** Counts symbols; one that is declared several times needs one comment. */
export function coverageOf({ nodes }: Documentation): Coverage {
  const coverage: Coverage = { documented: 0, missing: [] };
  for (const [file, { symbols = [] }] of Object.entries(nodes)) {
    for (const { name, declarations } of symbols) {
      if (declarations.every(({ kind }) => kind === "reference")) continue;
      if (declarations.some(({ jsDoc }) => jsDoc?.doc?.trim())) {
        coverage.documented++;
      } else {
        coverage.missing.push(
          `${name} of ${file.split("/").slice(-3).join("/")}`,
        );
      }
    }
  }
  return coverage;
}

/** From 0 to 1; what has no symbols is documented. */
export function share({ documented, missing }: Coverage): number {
  const all = documented + missing.length;
  return all === 0 ? 1 : documented / all;
}
