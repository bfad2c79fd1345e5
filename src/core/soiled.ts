/**
 * Lanes in which something has happened.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/** A list that is kept keeps lanes; of those that have gone no more than this. */
const MOST_SPARE = 64;

/** The lanes whose policies are to be asked, each of them once. */
export class Soiled<Item> {
  #lanes: Lane<Item>[] = [];
  /** The list for those in which something happens while others are asked; the two take turns. */
  #spare: Lane<Item>[] = [];

  /** How many they are. */
  get size(): number {
    return this.#lanes.length;
  }

  /** Something has happened in this lane. */
  add(lane: Lane<Item>): void {
    if (lane.isDirty) return;
    lane.isDirty = true;
    this.#lanes.push(lane);
  }

  /** Hands all of them out; from now on they are clean. The list is good until the next one. */
  take(): readonly Lane<Item>[] {
    const lanes = this.#lanes;
    this.#spare.length = 0;
    this.#lanes = this.#spare;
    this.#spare = lanes.length <= MOST_SPARE ? lanes : [];
    for (const lane of lanes) lane.isDirty = false;
    return lanes;
  }
}
