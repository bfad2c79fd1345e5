import fc from "fast-check";
import { RetryError, retryLater } from "../../../mod.ts";
import type { Caller, Run } from "./caller.ts";
import type { Feature, Reply } from "./feature.ts";
import { prove, setups } from "./script.ts";
import { type Setup, Stage } from "./stage.ts";

interface Retrying extends Setup {
  readonly attempts: number;
  /** By default, in ms. */
  readonly delayMs: number;
}

/** When a call comes back: not before, and not later, in ms. */
interface Return {
  readonly from: number;
  readonly by: number;
  /** In which turn that was said. */
  readonly turn: number;
}

/** How long those wait who are told so, in ms. */
const AFTER_MS = 7;

/** R25: items are tried again, after a while, in their order, and not for ever. */
function retrying(stage: Stage<Retrying>): Feature {
  const { setup, host } = stage;
  /** When those come back who are away. */
  const back = new Map<Caller, Return>();

  /** Says that an item is to be tried again. */
  function later(item: Caller, afterMs?: number) {
    const isLast = item.runs.length >= setup.attempts;
    const at = host.now() + (afterMs ?? setup.delayMs);
    if (!isLast) back.set(item, { from: at, by: at, turn: host.turn });
    return retryLater({ afterMs, cause: item.id });
  }

  /** Whether a call waits that has not just come or come back. */
  function isPresent(caller: Caller): boolean {
    const { at, seen, signal, expiresFrom, runs } = caller;
    const since = runs.length === 0 ? at : back.get(caller)?.by ?? Infinity;
    return seen === undefined && !signal?.signal.aborted &&
      host.now() < expiresFrom && since < stage.restedAt;
  }

  return {
    options: {
      retry: { attempts: setup.attempts, delayMs: setup.delayMs },
    },

    reply(run, kinds): Reply {
      if (kinds[0] !== 3) {
        const { answer = [] } = stage.plainly(run, kinds) as {
          answer?: unknown[];
        };
        const outcomes = run.items.map((item, i) => {
          const isLater = kinds[i % kinds.length] === 1;
          const afterMs = item.id % 2 === 0 ? AFTER_MS : undefined;
          return isLater ? later(item, afterMs) : answer[i];
        });
        return { answer: outcomes };
      }
      if (run.isSingle) return { answer: [later(run.items[0]!)] };
      for (const item of run.items) later(item, AFTER_MS);
      return { answer: retryLater({ afterMs: AFTER_MS, cause: "busy" }) };
    },

    started(run) {
      for (const item of run.items) checkTry(stage, item, back.get(item)?.from);
      if (host.isSound) checkOrder(stage, run, isPresent);
      for (const item of run.items) back.delete(item);
    },

    flushed() {
      const now = host.now();
      for (const [item, { by, turn }] of back) {
        // What was said in this turn may not have been read when it flushed.
        const isRead = turn < host.turn;
        back.set(item, { from: now, by: isRead ? now : by, turn });
      }
    },

    mayFail: (caller, error) =>
      error instanceof RetryError && error.attempts === caller.runs.length &&
      error.attempts >= setup.attempts &&
      (error.cause === caller.id || error.cause === "busy"),

    isWaiting: (caller) =>
      host.now() >= (back.get(caller)?.by ?? caller.at) &&
      !stage.open.some(({ items }) => items.includes(caller)),
  };
}

function checkTry(
  stage: Stage<Retrying>,
  { id, runs }: Caller,
  backAt: number | undefined,
): void {
  stage.demand(
    "R25 nobody is tried more often than `attempts`",
    runs.length < stage.setup.attempts,
    () => `${id} is`,
  );
  const isBack = backAt !== undefined && stage.host.now() >= backAt;
  stage.demand(
    "R25 who is to be tried again waits for that",
    runs.length === 0 || isBack,
    () => `${id} does not`,
  );
}

/** Those who come back keep their place before all who came later. */
function checkOrder(
  stage: Stage<Retrying>,
  { items }: Run,
  isPresent: (caller: Caller) => boolean,
): void {
  const last = new Map<number, number>();
  for (const { id, wish: { priority = 0 } } of items) {
    last.set(priority, Math.max(id, last.get(priority) ?? -1));
  }
  for (const caller of stage.unseen) {
    const { id, key, isNested, wish: { priority = 0 } } = caller;
    const isBehind = items.includes(caller) || key !== items[0]!.key ||
      isNested !== items[0]!.isNested || id > (last.get(priority) ?? -1);
    stage.demand(
      "R5, R25 calls leave in the order in which they came, also when they come back",
      isBehind || !isPresent(caller),
      () => `${id} is passed by`,
    );
  }
}

prove("R25 retry", {
  setups: fc.tuple(
    setups,
    fc.record({
      attempts: fc.constantFrom(2, 3, 1, Infinity),
      delayMs: fc.constantFrom(5, 0, 20),
    }),
  ).map(([setup, retry]): Retrying => ({ ...setup, ...retry })),
  stage: (setup) => new Stage(setup, retrying),
});
