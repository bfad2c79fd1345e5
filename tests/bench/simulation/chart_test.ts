import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { type Axis, svgOf } from "../../../bench/simulation/chart.ts";
import { natural, others, ours } from "../../../bench/simulation/entrants.ts";
import { pictures } from "../../../bench/simulation/pictures.ts";

const x: Axis = {
  label: "calls per second",
  from: 1,
  to: 100,
  ticks: [1, 10, 100],
  isLogarithmic: true,
};
const y: Axis = {
  label: "ms",
  from: 0,
  to: 10,
  ticks: [0, 5, 10],
  isLogarithmic: false,
};

/** The coordinates of the lines inside the frame. */
function pathsOf(svg: string): number[][] {
  const frame = /<g clip-path[^]*<\/g>/.exec(svg)![0];
  return [...frame.matchAll(/ d="M([^"]*)"/g)].map(([, path]) =>
    path!.split(/[ L]/).map(Number)
  );
}

describe("A chart", () => {
  it("Values stand where their axes say", () => {
    const svg = svgOf({
      title: "Latency",
      subtitle: "of one",
      x,
      y,
      lines: [{
        name: "ours",
        role: "main",
        points: [[1, 0], [10, 5], [100, 10]],
      }],
    });
    const [[left, bottom, middle, half, right, top]] = pathsOf(svg) as [
      number[],
    ];
    assert.ok(Math.abs((left! + right!) / 2 - middle!) < 0.2);
    assert.ok(Math.abs((bottom! + top!) / 2 - half!) < 0.2);
    assert.ok(bottom! > top! && right! > left!);
  });

  it("A line ends where it leaves the frame, also for good", () => {
    const svg = svgOf({
      title: "",
      subtitle: "",
      x,
      y,
      lines: [
        { name: "slow", role: 0, points: [[1, 5], [10, 20], [100, 5]] },
        { name: "lost", role: 1, points: [[1, 5], [10, Infinity]] },
      ],
    });
    for (const path of pathsOf(svg)) {
      assert.equal(path.length, 4);
      assert.ok(path[3]! < path[1]! && path.every(Number.isFinite));
    }
  });

  it("Whatever it is called, it is well-formed, for both grounds", () => {
    const svg = svgOf({ title: "a < b & c", subtitle: "d", x, y, lines: [] });
    assert.match(svg, /<title>a &lt; b &amp; c<\/title>/);
    assert.match(svg, /prefers-color-scheme: dark/);
    const open: string[] = [];
    for (
      const [, end, tag, empty] of svg.matchAll(
        /<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g,
      )
    ) {
      if (end) assert.equal(open.pop(), tag);
      else if (!empty) open.push(tag!);
    }
    assert.deepEqual(open, []);
  });
});

describe("The pictures of the documentation", () => {
  it("They are there, and show all who are compared", () => {
    const folder = new URL("../../../docs/pictures/", import.meta.url);
    for (const name of Object.keys(pictures)) {
      const svg = readFileSync(new URL(name, folder), "utf8");
      for (const entrant of [ours, ...others]) {
        const isDrawn = svg.includes(`>${entrant.name}<`);
        // Natural dispatch would lie below ours where callers are independent.
        assert.ok(isDrawn || entrant === natural, `${entrant.name} in ${name}`);
      }
    }
  });
});
