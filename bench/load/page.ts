/**
 * The report of a load test as one HTML file that needs nothing else.
 *
 * @module
 */
import { type Demand, short } from "../harness/demand.ts";
import type { Machine } from "../harness/machine.ts";
import { chartsOf, pictureOf } from "./charts.ts";
import type { OverloadRound } from "./overload.ts";
import type { Seen } from "./seen.ts";
import { type Climbed, TIMEOUT_MS, type Trial } from "./trial.ts";

/** What the page shows. */
export interface Report {
  readonly trial: Trial;
  readonly demands: readonly Demand[];
  readonly machine: Machine;
  /** When it was made. */
  readonly date: string;
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f3f4f6; --card: #fff; --ink: #1f2937; --faint: #5f6673; --rule: #8884; --good: #15803d; --bad: #b91c1c }
@media (prefers-color-scheme: dark) { :root { --ground: #010409; --card: #0d1117; --ink: #e5e7eb; --faint: #9ca3af; --good: #4ade80; --bad: #f87171 } }
* { box-sizing: border-box }
body { margin: 0; padding: 2rem clamp(1rem, 4vw, 3rem); background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 84rem; margin: auto }
h1 { margin: 0; font-size: 1.6rem } h2 { margin: 2.2rem 0 .8rem; font-size: 1.15rem }
p { max-width: 60rem } .faint { color: var(--faint) }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem }
.figure, .card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: .8rem 1rem }
.figure strong { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: .8rem }
/* Its words cannot be read when it is smaller: the card scrolls. */
.card { min-width: 0; overflow-x: auto } .scroll + .scroll { margin-top: .8rem }
.card svg { display: block; width: 100%; min-width: 30rem; height: auto }
.wide { max-width: 60rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap }
th:first-child, td:first-child { text-align: left; white-space: normal }
tr:last-child td { border-bottom: 0 }
@media (max-width: 40rem) { .card { padding-inline: .6rem } table { font-size: 13px } th, td { padding-inline: .3rem; white-space: normal } }
.met { color: var(--good) } .missed { color: var(--bad); font-weight: 600 }`;

/** The whole file. */
export function pageOf(report: Report): string {
  const { trial, machine, date } = report;
  const { runtime, cores, cpu, os } = machine;
  const where = `${runtime}, ${cores} cores, generator beside the server`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Load test, ${escaped(runtime)}</title>
<style>${STYLE}
</style>
<main>
<h1>Load test of the example</h1>
<p class="faint">${escaped(`${runtime}; ${os}, ${cores} x ${cpu}; ${date}`)}</p>
<p>Requests come by chance, as from people who do not know of each other, whether or not those before
them were answered. A latency counts from the moment when a request was meant to be sent; clients give up
after ${TIMEOUT_MS} ms, and that is a failure. Server and generator share the machine.</p>
<div class="figures">
${figuresOf(report).map(figure).join("\n")}
</div>
<h2>As the load grows</h2>
<div class="card wide">${pictureOf(trial, where)}</div>
<h2>What is demanded</h2>
<div class="card scroll">${demandTable(report.demands)}</div>
${[trial.alone, trial.batched].map(sectionOf).join("\n")}
<h2>/optimized_predict at one and a half times what it can do</h2>
<p class="faint">What it can do, and r, the price of a refusal by that of an answer, are measured just before
and after each round. Where what it can do changed much meanwhile, the machine was busy with other things; the
steadiest third of the rounds counts.</p>
<div class="card scroll">${roundTable(trial.overload.rounds)}</div>
<div class="card scroll">${
    seenTable(trial.overload.rounds.map(({ seen }) => seen))
  }</div>
<h2>CPU time of the server, microseconds</h2>
<div class="card scroll">${priceTable(trial)}</div>
</main>
<script type="application/json" id="data">${
    JSON.stringify(report).replaceAll("<", "\\u003c")
  }</script>
</html>
`;
}

function figuresOf({ trial, demands }: Report): [string, string][] {
  const met = demands.filter(({ isMet }) => isMet).length;
  const alone = trial.alone.saturation;
  const batched = trial.batched.saturation;
  const refusal = trial.overload.refusalP95Ms;
  return [
    [whole(alone), "good requests/s of /predict at most"],
    [whole(batched), "of /optimized_predict"],
    [`${(batched / alone).toFixed(1)}x`, "as many"],
    [refusal > 0 ? `${short(refusal)} ms` : "–", "p95 of a refusal"],
    [`${met} of ${demands.length}`, "demands met"],
  ];
}

function figure([value, what]: [string, string]): string {
  return `<div class="figure"><strong>${escaped(value)}</strong>${
    escaped(what)
  }</div>`;
}

function sectionOf(climbed: Climbed): string {
  const charts = chartsOf(climbed)
    .map((svg) => `<div class="card">${svg}</div>`);
  return `<h2>${escaped(climbed.path)}</h2>
<div class="charts">
${charts.join("\n")}
</div>
<details><summary>Step by step</summary>
<div class="card scroll">${
    seenTable([...climbed.steps, ...climbed.beside])
  }</div></details>`;
}

function demandTable(demands: readonly Demand[]): string {
  const rows = demands.map(({ what, value, wanted, limit, isMet }) => [
    escaped(what),
    short(value),
    `${wanted} ${limit}`,
    isMet
      ? '<span class="met">met</span>'
      : '<span class="missed">missed</span>',
  ]);
  return table(["", "measured", "wanted", ""], rows);
}

function seenTable(steps: readonly Seen[]): string {
  const head = [
    "offered/s",
    "good/s",
    "refused/s",
    "given up/s",
    "p50 ms",
    "p95 ms",
    "refusal p95 ms",
    "mean batch",
    "generator late by, p95 ms",
  ];
  return table(
    head,
    steps.map((seen) => [
      whole(seen.offered),
      whole(seen.good),
      whole(seen.refused),
      whole(seen.lost),
      short(seen.p50Ms),
      short(seen.p95Ms),
      seen.refused > 0 ? short(seen.refusalP95Ms) : "–",
      short(seen.meanBatch),
      short(seen.latenessMs),
    ]),
  );
}

function roundTable(rounds: readonly OverloadRound[]): string {
  const head = [
    "can do before/s",
    "after/s",
    "came, by that",
    "r",
    "r allows, by what it can do",
    "served, by what it can do",
  ];
  return table(
    head,
    rounds.map(({ capacities, load, r, allowed, served }) => [
      ...capacities.map(whole),
      ...[load, r, allowed, served].map((share) => share.toFixed(2)),
    ]),
  );
}

function priceTable({ prices }: Trial): string {
  return table(["of", ""], [
    ["a request without batches", short(prices.aloneUs)],
    ["a batched request", short(prices.batchedUs)],
    ["the former by the latter", prices.gain.toFixed(2)],
    ["JSON there and back, by Hono alone", short(prices.bareUs)],
    [
      `the model's share of a row, in batches of ${short(prices.meanBatch)}`,
      short(prices.modelUs),
    ],
  ]);
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
  return `<table>${row(head, "th")}${
    rows.map((cells) => row(cells, "td")).join("")
  }</table>`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
