/**
 * Virtual time: what happens when.
 *
 * @module
 */

/** Something that happens at a time. One object may happen many times. */
export interface Happening {
  /** It is `now`, in ms. */
  happen(now: number): void;
}

/** What is going to happen, the nearest first; what is due at the same time, in the order in which it was added. */
export class Events {
  #times = new Float64Array(64);
  #turns = new Float64Array(64);
  readonly #happenings: Happening[] = [];
  #turn = 0;

  /** When the next one happens, in ms; `Infinity` when nothing will. */
  get nextAt(): number {
    return this.#happenings.length === 0 ? Infinity : this.#times[0]!;
  }

  /** Lets it happen at this time. */
  add(time: number, happening: Happening): void {
    const end = this.#happenings.length;
    if (end === this.#times.length) this.#grow();
    this.#happenings.push(happening);
    const turn = this.#turn++;
    let place = end;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#times[parent]! <= time) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#put(place, time, turn, happening);
  }

  /** Takes the next one out. */
  take(): Happening {
    const first = this.#happenings[0]!;
    const last = this.#happenings.pop()!;
    const end = this.#happenings.length;
    if (end > 0) this.#sink(end, last);
    return first;
  }

  /** Finds the place of what stood at the end, from the top. */
  #sink(end: number, happening: Happening): void {
    const time = this.#times[end]!;
    const turn = this.#turns[end]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= end) break;
      if (child + 1 < end && this.#isBefore(child + 1, child)) child++;
      if (
        this.#times[child]! > time ||
        (this.#times[child] === time && this.#turns[child]! > turn)
      ) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(place, time, turn, happening);
  }

  #isBefore(a: number, b: number): boolean {
    const [timeA, timeB] = [this.#times[a]!, this.#times[b]!];
    return timeA < timeB ||
      (timeA === timeB && this.#turns[a]! < this.#turns[b]!);
  }

  #move(from: number, to: number): void {
    this.#put(
      to,
      this.#times[from]!,
      this.#turns[from]!,
      this.#happenings[from]!,
    );
  }

  #put(place: number, time: number, turn: number, what: Happening): void {
    this.#times[place] = time;
    this.#turns[place] = turn;
    this.#happenings[place] = what;
  }

  #grow(): void {
    const grown = (from: Float64Array) => {
      const to = new Float64Array(2 * from.length);
      to.set(from);
      return to;
    };
    this.#times = grown(this.#times);
    this.#turns = grown(this.#turns);
  }
}
