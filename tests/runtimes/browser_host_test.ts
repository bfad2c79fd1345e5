import { defaultHost, type Host } from "../../mod.ts";
import { describeSuite } from "./described.ts";

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

describeSuite("the default host of browsers", browserHost);
