import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CostModel } from "../../../src/core/adaptive/cost_model.ts";
import { close, noiseFrom, waitsFrom } from "./numbers.ts";

/** Teaches a model so many batches, whose weights go round. */
function teach(
  model: CostModel,
  batches: number,
  msOf: (weight: number) => number,
  weights: readonly number[] = [1, 3, 7, 12, 20],
): void {
  for (let i = 0; i < batches; i++) {
    const weight = weights[i % weights.length]!;
    model.learn(weight, msOf(weight));
  }
}

describe("CostModel", () => {
  it("Two batches of different weight tell the whole line", () => {
    const model = new CostModel();
    model.learn(1, 11.01);
    model.learn(200, 13);
    close(model.fixedMs, 11);
    close(model.eachMs, 0.01);
    close(model.msOf(100), 12);
  });

  it("One batch tells what a batch costs, and nothing of its items", () => {
    const model = new CostModel();
    model.learn(5, 10);
    assert.deepEqual([model.fixedMs, model.eachMs], [10, 0]);
    assert.equal(model.weightIn(10), Infinity);
    assert.ok(model.weightIn(9) < 0);
  });

  it("What fits into a time is the weight that takes this time", () => {
    const model = new CostModel();
    teach(model, 10, (weight) => 4 + 0.5 * weight);
    close(model.weightIn(9), 10);
    close(model.weightIn(model.msOf(33)), 33);
  });

  it("It forgets: after a slow drift it says what is true now", () => {
    const model = new CostModel();
    let drift = 1;
    teach(model, 400, (weight) => (drift += 0.003) * (2 + 0.1 * weight));
    const isTrue = drift * (2 + 0.1 * 10);
    close(model.msOf(10) / isTrue, 1, 0.05);
  });

  it("Where all batches weigh about the same, noise does not make a slope of its own", () => {
    const model = new CostModel();
    const noise = noiseFrom(3, 0.2);
    teach(model, 60, (weight) => 1 + 0.02 * weight, [20, 400, 160, 90, 250]);
    const slopes = Array.from({ length: 500 }, (_, i) => {
      const weight = 150 + i % 21;
      model.learn(weight, (1 + 0.02 * weight) * noise());
      return model.eachMs;
    });
    assert.ok(Math.min(...slopes) > 0.013, `${Math.min(...slopes)}`);
    assert.ok(Math.max(...slopes) < 0.027, `${Math.max(...slopes)}`);
  });

  it("When it starts anew, batches that hardly differ tell a slope that is another", () => {
    const model = new CostModel();
    teach(model, 60, (weight) => 1 + 0.02 * weight, [20, 400, 160, 90, 250]);
    teach(model, 12, (weight) => 5 + 0.1 * weight, [150, 130, 170]);
    close(model.eachMs, 0.1, 0.001);
    close(model.fixedMs, 5, 0.1);
  });

  it("While all batches weigh the same, the slope stays what it was", () => {
    const model = new CostModel();
    teach(model, 30, (weight) => 4 + 0.5 * weight);
    teach(model, 500, (weight) => 5 + 0.5 * weight, [10]);
    close(model.eachMs, 0.5, 0.05);
    close(model.msOf(10), 10, 0.01);
    close(model.msOf(40), 25, 1.5);
  });

  it("Noise on batches of almost one weight does not tilt the line", () => {
    const noise = noiseFrom(7, 0.2);
    const model = new CostModel();
    teach(model, 30, (weight) => 4 + 0.5 * weight);
    teach(model, 500, (weight) => noise() * (4 + 0.5 * weight), [100, 101]);
    close(model.eachMs, 0.5, 0.05);
  });

  it("In doubt, what batches take by chance hardly passes for what an item costs", () => {
    const slopeOf = (doubt: number, seed: number) => {
      const wait = waitsFrom(seed);
      const model = new CostModel(doubt);
      teach(model, 100, () => 11 + wait(15));
      return model.eachMs;
    };
    const slopes = [0, 1].map((doubt) => {
      let sum = 0;
      for (let seed = 1; seed <= 100; seed++) sum += slopeOf(doubt, seed);
      return sum / 100;
    });
    assert.ok(slopes[1]! < 0.3 * slopes[0]!, `${slopes}`);
  });

  it("Where there is no noise, doubt changes nothing", () => {
    const model = new CostModel(1);
    teach(model, 20, (weight) => 4 + 0.5 * weight);
    close(model.eachMs, 0.5, 1e-6);
  });

  it("One batch that takes a hundred times as long says nothing", () => {
    const model = new CostModel();
    teach(model, 20, (weight) => 4 + 0.5 * weight);
    const { batches } = model;
    model.learn(7, 750);
    close(model.msOf(7), 7.5);
    assert.equal(model.batches, batches);
  });

  it("Three of them in a row are the truth from then on", () => {
    const model = new CostModel();
    teach(model, 50, (weight) => 4 + 0.5 * weight);
    teach(model, 3, (weight) => 10 * (4 + 0.5 * weight), [7]);
    close(model.msOf(7), 75, 0.1);
  });

  it("So are three that take a tenth of the time, such as after a cold start", () => {
    const model = new CostModel();
    teach(model, 2, () => 500);
    teach(model, 3, () => 11);
    close(model.msOf(5), 11, 0.1);
  });

  it("One late and one early batch in turn never pass for a new truth", () => {
    const model = new CostModel();
    teach(model, 50, () => 10);
    for (let i = 0; i < 2; i++) {
      model.learn(7, 1000);
      model.learn(7, 0.1);
    }
    close(model.msOf(7), 10, 0.1);
  });

  it("It gets used to back ends where every other batch takes five times as long", () => {
    const model = new CostModel();
    let batch = 0;
    teach(model, 400, () => batch++ % 2 === 0 ? 50 : 10);
    close(model.msOf(7), 30, 6);
    assert.ok(model.spread > 0.4, `spread ${model.spread}`);
  });

  it("Neither part is ever negative", () => {
    const noise = noiseFrom(3, 0.5);
    const model = new CostModel();
    for (let i = 0; i < 1000; i++) {
      const weight = 1 + i % 40;
      model.learn(weight, Math.abs(noise()) * (i % 200 < 100 ? weight : 10));
      assert.ok(model.fixedMs >= 0, `fixed ${model.fixedMs}`);
      assert.ok(model.eachMs >= 0, `each ${model.eachMs}`);
    }
  });

  it("The spread is about the relative deviation of what batches take", () => {
    for (const [seed, spread] of [[1, 0.1], [2, 0.2], [3, 0.3]] as const) {
      const noise = noiseFrom(seed, spread);
      const model = new CostModel();
      let sum = 0;
      for (let i = 0; i < 4000; i++) {
        const weight = 1 + i % 40;
        model.learn(weight, noise() * (10 + 0.1 * weight));
        sum += model.spread;
      }
      close(sum / 4000 / spread, 1, 0.15);
    }
  });

  it("Batches that take no time at all leave it with numbers", () => {
    const model = new CostModel();
    teach(model, 20, () => 0);
    assert.deepEqual([model.fixedMs, model.eachMs], [0, 0]);
    assert.ok(Number.isFinite(model.spread));
    teach(model, 40, () => 5);
    close(model.msOf(3), 5, 0.1);
  });

  it("After a new truth one more surprise is an accident again", () => {
    const model = new CostModel();
    teach(model, 50, () => 10);
    teach(model, 3, () => 100);
    close(model.msOf(7), 100, 0.1);
    const { batches } = model;
    model.learn(7, 1000);
    assert.equal(model.batches, batches);
    close(model.msOf(7), 100, 0.1);
  });

  it("Where large batches cost more than in proportion, the line goes through the mean all the same", () => {
    const model = new CostModel();
    model.learn(10, 10);
    model.learn(12, 14);
    close(model.msOf(11), 12);
    assert.equal(model.fixedMs, 0);
  });

  it("Batches that weigh nothing and take no time leave it with numbers", () => {
    const model = new CostModel();
    teach(model, 5, () => 0, [0]);
    assert.deepEqual([model.fixedMs, model.eachMs], [0, 0]);
  });

  it("The spread is that of late, however many batches there were before", () => {
    const model = new CostModel();
    teach(model, 1000, () => 10);
    let batch = 0;
    teach(model, 64, () => batch++ % 2 === 0 ? 8 : 12);
    assert.ok(model.spread > 0.15, `spread ${model.spread}`);
  });

  it("Where batches are uneven, only what is four spreads away is a surprise", () => {
    const model = new CostModel();
    teach(model, 20, () => 10);
    for (const [ms, count] of [[17.9, 21], [50, 21]] as const) {
      model.spread = 0.2;
      model.learn(7, ms);
      assert.equal(model.batches, count);
    }
    model.spread = 0.2;
    model.learn(7, 1.9 * model.msOf(7));
    assert.equal(model.batches, 21);
  });

  it("Doubt is the standard error of the slope, by the batches there are", () => {
    const doubtful = new CostModel(1);
    const seen = [[10, 14], [8, 12], [12, 15], [9, 14], [11, 13]] as const;
    for (const [weight, ms] of seen) doubtful.learn(weight, ms);
    // Variances are 2 and 1.04, the covariance is 1; five batches leave three degrees of freedom.
    close(doubtful.eachMs, 0.5 - Math.sqrt((1.04 / 2 - 0.5 * 0.5) / 3));
  });
});
