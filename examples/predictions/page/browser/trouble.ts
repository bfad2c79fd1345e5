/**
 * Says what went wrong, where everybody sees it.
 *
 * @module
 */

/// <reference lib="dom" />

/** How long it is to be read, in ms. */
const shownFor = 10_000;

/** The place for it. */
export class Trouble {
  readonly #place: HTMLElement;
  #isAway = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Says it in this element. */
  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** Whether the server is away: until it is back there is nothing else to say. */
  get isAway(): boolean {
    return this.#isAway;
  }

  set isAway(isAway: boolean) {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#say(
      isAway
        ? "The server is away. As soon as it is back, this page is, too."
        : "",
    );
  }

  /** Says it for a while. */
  tell(error: unknown): void {
    if (this.#isAway) return;
    this.#say(error instanceof Error ? error.message : String(error));
    this.#timer = setTimeout(() => this.#say(""), shownFor);
  }

  #say(text: string): void {
    clearTimeout(this.#timer);
    this.#place.textContent = text;
  }
}
