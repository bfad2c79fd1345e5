/**
 * Tables of plain text.
 *
 * @module
 */

/** Rows of cells; the first row is the head, the first column is aligned to the left. */
export type Table = readonly (readonly string[])[];

/** The lines of a table. */
export function linesOf(table: Table): string[] {
  const widths = table[0]!.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0))
  );
  return table.map((row) =>
    row.map((cell, column) =>
      column === 0
        ? cell.padEnd(widths[column]!)
        : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  );
}
