/**
 * When calls come, and who calls.
 *
 * @module
 */
import type { Caller, Kind } from "./backend.ts";
import type { Events, Happening } from "./events.ts";
import type { Random } from "./random.ts";

/** Where calls go. */
export interface Entrance {
  readonly events: Events;
  readonly random: Random;
  /** Makes a call. */
  call(now: number, caller?: Caller, kind?: Kind): void;
}

/** Traffic: begins at time 0 and never ends. */
export type Arrivals = (entrance: Entrance) => void;

/** Callers who know nothing of each other; `rate` calls per ms. */
export function poisson(rate: number): Arrivals {
  return groups(rate, 1, 0);
}

/** Callers who come in groups of `size`, `gapMs` apart on average; `rate` calls per ms in all. */
export function groups(rate: number, size: number, gapMs: number): Arrivals {
  return ({ events, random, call }) => {
    const meanMs = size / rate;
    const group: Happening = {
      happen(now) {
        events.add(now + random.wait(meanMs), group);
        call(now);
        for (let i = 1, at = now; i < size; i++) {
          at += random.wait(gapMs);
          if (at === now) call(now);
          else events.add(at, member);
        }
      },
    };
    const member: Happening = { happen: (now) => call(now) };
    events.add(random.wait(meanMs), group);
  };
}

/** A rate that changes with time, never above `highest`; calls per ms. */
export function varying(
  highest: number,
  rateAt: (time: number) => number,
): Arrivals {
  return ({ events, random, call }) => {
    const next: Happening = {
      happen(now) {
        events.add(now + random.wait(1 / highest), next);
        if (random.next() * highest < rateAt(now)) call(now);
      },
    };
    events.add(random.wait(1 / highest), next);
  };
}

/**
 * Times of `burstMs` on average in which calls come `factor` times as often as else;
 * `rate` calls per ms over all, a share `busy` of the time is burst.
 */
export function bursts(
  rate: number,
  { factor, burstMs, busy = 0.1 }: {
    factor: number;
    burstMs: number;
    busy?: number;
  },
): Arrivals {
  return ({ events, random, call }) => {
    const quiet = rate / (1 - busy + busy * factor);
    const quietMs = burstMs * (1 - busy) / busy;
    let isBurst = false;
    let changeAt = random.wait(quietMs);
    const draw = (now: number) => {
      for (let from = now;;) {
        const at = from + random.wait(1 / (isBurst ? quiet * factor : quiet));
        if (at < changeAt) return at;
        // Nothing is remembered between calls: the wait begins anew at the change.
        from = changeAt;
        isBurst = !isBurst;
        changeAt += random.wait(isBurst ? burstMs : quietMs);
      }
    };
    const next: Happening = {
      happen(now) {
        events.add(draw(now), next);
        call(now);
      },
    };
    events.add(draw(0), next);
  };
}

/** `users` who call again `thinkMs` after they have been answered. They begin one after another within `withinMs`. */
export function closedLoop(
  users: number,
  thinkMs: (random: Random) => number,
  withinMs = 0,
): Arrivals {
  return ({ events, random, call }) => {
    for (let i = 0; i < users; i++) {
      const user: Caller & Happening = {
        happen: (now) => call(now, user),
        hear: (now) => events.add(now + thinkMs(random), user),
      };
      const startMs = withinMs * i / users + thinkMs(random);
      events.add(startMs, user);
    }
  };
}

/** The same traffic, of these kinds. */
export function ofKind(
  arrivals: Arrivals,
  kindOf: (random: Random) => Kind,
): Arrivals {
  return ({ events, random, call }) =>
    arrivals({
      events,
      random,
      call: (now, caller) => call(now, caller, kindOf(random)),
    });
}

/** All of this traffic. */
export function together(...all: Arrivals[]): Arrivals {
  return (entrance) => {
    for (const arrivals of all) arrivals(entrance);
  };
}

/** So many calls at once, at the beginning. */
export function flood(calls: number): Arrivals {
  return ({ events, call }) =>
    events.add(0, {
      happen(now) {
        for (let i = 0; i < calls; i++) call(now);
      },
    });
}

/** Lanes of which the second has half as many calls as the first, the third a third, and so on. */
export function zipf(lanes: number): (random: Random) => Kind {
  const kinds = Array.from({ length: lanes }, (_, lane) => ({ lane }));
  const shares: number[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    shares.push((shares[lane - 1] ?? 0) + 1 / (lane + 1));
  }
  return (random) => {
    const share = random.next() * shares[lanes - 1]!;
    return kinds[shares.findIndex((sum) => share < sum)]!;
  };
}
