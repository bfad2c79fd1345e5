import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Heard } from "../../examples/predictions/page/browser/heard.ts";

describe("What a page has heard", () => {
  it("is the last word", () => {
    const heard = new Heard<string>();
    assert.equal(heard.value, undefined);
    heard.hear("a", 1);
    heard.hear("b", 2);
    assert.equal(heard.value, "b");
  });

  it("does not hold while the word on a change is still to come", () => {
    const heard = new Heard<string>();
    heard.hear("a", 1);
    heard.changed(3);
    heard.hear("b", 2);
    assert.equal(heard.value, undefined);
    heard.hear("c", 3);
    assert.equal(heard.value, "c");
  });

  it("holds where that word has come before the answer, or a later one", () => {
    const heard = new Heard<string>();
    heard.hear("c", 3);
    heard.changed(3);
    assert.equal(heard.value, "c");
    heard.hear("d", 4);
    heard.changed(3);
    assert.equal(heard.value, "d");
  });

  it("is forgotten with the server", () => {
    const heard = new Heard<string>();
    heard.changed(9);
    heard.forget();
    assert.equal(heard.value, undefined);
    heard.hear("a", 0);
    assert.equal(heard.value, "a");
  });
});
