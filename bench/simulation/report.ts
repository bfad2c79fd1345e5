/**
 * Standings in words.
 *
 * @module
 */
import type { Goal } from "./goals/goal.ts";
import type { Score, Standing } from "./standings.ts";

/** How many cases are told of that went badly. */
const TOLD = 5;
/** A smaller lead is not worth a word. */
const LEAD = 1.01;

/** A goal, and what each of them makes of it; with `cases` of each case, too. */
export function textOf(
  { goal, cases, scores }: Standing,
  withCases: boolean,
): string {
  const lines = scores.flatMap((score) => {
    const { entrant, value, isReached, values } = score;
    const mark = isReached || Number.isNaN(value) ? "" : " ✗";
    const line = `  ${entrant.name.padEnd(16)} ${figure(value)}${mark}`;
    if (!withCases) return [line];
    return [
      line,
      ...cases.map((name, i) => `    ${figure(values[i]!)}  ${name}`),
    ];
  });
  return [`${goal.id} ${goal.title}: ${demand(goal)}`, ...lines].join("\n");
}

/** All goals in one table, one line each; goals that were missed are marked. */
export function tableOf(standings: readonly Standing[]): string {
  const names = standings[0]!.scores.map(({ entrant }) => entrant.name);
  const head = ["goal", "demand", ...names];
  const rows = standings.map(({ goal, scores }) => [
    goal.id,
    demand(goal),
    ...scores.map(({ value, isReached }) =>
      `${figure(value).trim()}${isReached || Number.isNaN(value) ? "  " : " ✗"}`
    ),
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length))
  );
  return [head, ...rows]
    .map((row) => row.map((word, i) => word.padStart(widths[i]!)).join("  "))
    .join("\n");
}

/** Where the first of them loses: missed goals, cases in which another is better, and the worst of all. */
export function lossesOf(standings: readonly Standing[]): string {
  const told = new Set<string>();
  return standings.flatMap((standing) => {
    const [ours, ...others] = standing.scores;
    const isWorstTold = !ours!.isReached || standing.goal.id === "G7";
    const lines = [
      ...(isWorstTold ? worstOf(standing, ours!) : []),
      ...others.flatMap((other) => leadOf(standing, ours!, other)),
    ].filter((line) => !told.has(line));
    for (const line of lines) told.add(line);
    if (ours!.isReached && lines.length === 0) return [];
    const missed = ours!.isReached ? "" : ": MISSED";
    return [`${standing.goal.id} ${standing.goal.title}${missed}`, ...lines];
  }).join("\n");
}

/** The cases that went worst. */
function worstOf({ goal, cases }: Standing, { values }: Score): string[] {
  const sign = goal.isCeiling ? 1 : -1;
  return cases
    .map((name, index) => ({ name, value: values[index]! }))
    .sort((a, b) => sign * (b.value - a.value))
    .slice(0, TOLD)
    .map(({ name, value }) => `    ${figure(value)}  ${name}`);
}

/** The case in which another leads most. */
function leadOf(
  { goal, cases }: Standing,
  ours: Score,
  other: Score,
): string[] {
  const leads = cases.map((_, index) => {
    const [mine, theirs] = [ours.values[index]!, other.values[index]!];
    return goal.isCeiling ? mine / theirs : theirs / mine;
  });
  const most = Math.max(...leads.filter((lead) => lead > LEAD));
  const index = leads.indexOf(most);
  if (index < 0) return [];
  const [mine, theirs] = [ours.values[index]!, other.values[index]!];
  return [
    `    ${figure(mine)}  against ${
      figure(theirs).trim()
    } of ${other.entrant.name}: ${cases[index]}`,
  ];
}

function demand({ limit, isCeiling }: Goal): string {
  return `${isCeiling ? "<=" : ">="} ${limit}`;
}

/** Three digits that matter, no more. */
function figure(value: number): string {
  const text = Number.isFinite(value)
    ? value.toFixed(value < 10 ? 3 : value < 100 ? 1 : 0)
    : value === Infinity
    ? "∞"
    : "–";
  return text.padStart(8);
}
