import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { announce, Places } from "../src/places.ts";
import { ListenedSignal } from "./batcher/listened_signal.ts";
import { seenOf, turns, watched } from "./batcher/watched.ts";

/** Waits as callers of ready() do. */
function wait(places: Places, signal?: AbortSignal) {
  return watched(places.wait(signal).then(announce));
}

describe("R18: Places", () => {
  it("Are handed out in order, one for each waiter", async () => {
    const places = new Places();
    const waiters = [1, 2, 3].map(() => wait(places));
    places.grant(2, 0);
    await turns();
    assert.deepEqual(waiters.map(({ state }) => state), [
      "fulfilled",
      "fulfilled",
      "pending",
    ]);
    assert.equal(places.kept, 2);
  });

  it("Those that are kept count: the next goes out when one was claimed", async () => {
    const places = new Places();
    const waiters = [1, 2].map(() => wait(places));
    places.grant(1, 0);
    places.grant(1, 0);
    await turns();
    assert.equal(waiters[1]!.state, "pending");
    assert.equal(places.claim(), true);
    places.grant(1, 0);
    await turns();
    assert.equal(waiters[1]!.state, "fulfilled");
  });

  it("Those that are kept for a call to come lapse in the order in which they were", () => {
    const places = new Places();
    places.keep(0);
    places.keep(500);
    places.lapse(1000);
    assert.equal(places.kept, 1);
    places.lapse(1500);
    assert.equal(places.kept, 0);
  });

  it("Who claims takes the place that was given first: the others lapse on their own time", async () => {
    const places = new Places();
    for (const time of [0, 500]) {
      wait(places);
      places.grant(2, time);
    }
    await turns();
    places.claim();
    wait(places);
    assert.equal(places.lapseAt, 1500);
  });

  it("A claim without a place that is kept gets none", () => {
    const places = new Places();
    assert.equal(places.claim(), false);
    places.grant(10, 0);
    assert.equal(places.claim(), false);
    assert.equal(places.kept, 0);
  });

  it("A place is its waiter's from when it hears: no call takes it before", async () => {
    const places = new Places();
    wait(places);
    places.grant(1, 0);
    assert.equal(places.claim(), false);
    assert.equal(places.kept, 1);
    await turns();
    assert.equal(places.claim(), true);
    assert.equal(places.kept, 0);
  });

  it("A place lapses whose waiter never hears of it, as its request has died on workerd", async () => {
    const places = new Places();
    wait(places);
    places.grant(1, 0);
    places.lapse(999);
    assert.equal(places.kept, 1);
    places.lapse(1000);
    assert.equal(places.kept, 0);
    await turns();
    assert.equal(places.claim(), false);
  });

  it("A place that is not used goes to somebody else who waits, in time", async () => {
    const places = new Places();
    const waiters = [1, 2].map(() => wait(places));
    places.grant(1, 100);
    await turns();
    assert.equal(places.lapseAt, 1100);
    places.grant(1, 1099);
    await turns();
    assert.equal(waiters[1]!.state, "pending");
    places.grant(1, 1100);
    await turns();
    assert.equal(waiters[1]!.state, "fulfilled");
    assert.equal(places.lapseAt, Infinity);
  });

  it("A waiter whose signal aborts leaves the line, and its listener goes", async () => {
    const places = new Places();
    const listened = new ListenedSignal();
    const waiters = [
      wait(places, listened.signal),
      wait(places),
    ];
    listened.abort("gone");
    places.grant(1, 0);
    await turns();
    assert.deepEqual(seenOf(waiters), ["gone", undefined]);
    assert.equal(listened.listeners, 0);
  });

  it("No listener is left of a waiter that was served", () => {
    const places = new Places();
    const listened = new ListenedSignal();
    places.wait(listened.signal);
    places.grant(1, 0);
    assert.equal(listened.listeners, 0);
  });

  it("Closed they refuse all who wait, and let their listeners go", async () => {
    const places = new Places();
    const listened = new ListenedSignal();
    const waiters = [
      wait(places),
      wait(places),
      wait(places, listened.signal),
    ];
    places.grant(1, 0);
    places.close("closed");
    await turns();
    assert.deepEqual(seenOf(waiters), [undefined, "closed", "closed"]);
    assert.deepEqual([places.kept, listened.listeners], [0, 0]);
  });
});
