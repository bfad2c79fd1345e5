import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { frame } from "../../examples/predictions/digits/frame.ts";
import { pixels, side } from "../../examples/predictions/digits/network.ts";
import { PlainModel } from "../../examples/predictions/digits/plain_model.ts";
import { readWall } from "../../examples/predictions/digits/wall_file.ts";
import { readNetwork } from "../../examples/predictions/digits/weights.ts";

const model = new PlainModel(await readNetwork());
const wall = await readWall();

/** The image as a drawing of `width` by `width` points, `times` as large, somewhere on it. */
function draw(
  image: Uint8Array,
  { width, times, x, y }: {
    width: number;
    times: number;
    x: number;
    y: number;
  },
): Uint8Array {
  const drawing = new Uint8Array(width * width);
  for (let row = 0; row < side * times; row++) {
    for (let column = 0; column < side * times; column++) {
      const from = Math.floor(row / times) * side + Math.floor(column / times);
      drawing[(row + y) * width + column + x] = image[from]!;
    }
  }
  return drawing;
}

describe("frame()", () => {
  for (
    const where of [
      { width: 28, times: 1, x: 0, y: 0 },
      { width: 280, times: 10, x: 0, y: 0 },
      { width: 280, times: 4, x: 168, y: 0 },
      { width: 300, times: 3, x: 20, y: 200 },
    ]
  ) {
    it(`makes digits readable that are drawn with ${JSON.stringify(where)}`, () => {
      const right = wall.filter(({ image, digit }) => {
        const framed = frame(draw(image, where), where.width);
        const [probabilities] = model.classify([framed]);
        return probabilities![digit] === Math.max(...probabilities!);
      });
      assert(right.length >= 0.95 * wall.length, `${right.length} of them`);
    });
  }

  it("brings a square to 20 by 20 points in the middle", () => {
    const ink = new Uint8Array(100 * 60);
    for (let y = 5; y < 45; y++) ink.fill(255, y * 100 + 50, y * 100 + 90);
    const picture = frame(ink, 100);
    for (let at = 0; at < pixels; at++) {
      const isInside = [at % side, Math.floor(at / side)]
        .every((position) => position >= 4 && position < 24);
      assert.equal(picture[at], isInside ? 255 : 0);
    }
  });

  it("leaves an empty drawing empty", () => {
    assert.deepEqual(
      frame(new Uint8Array(280 * 280), 280),
      new Uint8Array(784),
    );
  });
});

describe("What a page needs", () => {
  it("asks for nothing that a page has not", async () => {
    const folder = "../../examples/predictions/digits/";
    const seen = new Set<string>();
    const visit = async (name: string) => {
      if (seen.has(name)) return;
      seen.add(name);
      const url = new URL(folder + name, import.meta.url);
      const code = await readFile(url, "utf8");
      for (const [, path] of code.matchAll(/^import (?!type)[^"]*"(.*)"/gm)) {
        assert.match(path!, /^\.\/\w+\.ts$/, `${name} imports ${path}`);
        await visit(path!.slice(2));
      }
    };
    for (const name of ["plain_model.ts", "wall.ts", "frame.ts"]) {
      await visit(name);
    }
    assert(seen.has("taps.ts"));
  });
});
