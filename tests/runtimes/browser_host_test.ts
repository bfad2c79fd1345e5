import { defaultHost, type Host } from "../../mod.ts";
import { suite } from "./suite.ts";

/** Hops as the default host does where there is no `setImmediate`: in browsers. */
const browserHost: Host = {
  now: () => defaultHost.now(),
  hop(run) {
    const { setImmediate } = globalThis;
    try {
      Reflect.set(globalThis, "setImmediate", undefined);
      defaultHost.hop(run);
    } finally {
      globalThis.setImmediate = setImmediate;
    }
  },
  timer: (run, ms) => defaultHost.timer(run, ms),
  neutral: (run) => defaultHost.neutral(run),
};

suite("the default host of browsers", browserHost);
