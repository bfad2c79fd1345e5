/**
 * What a call is tied to until it has been answered or has left.
 *
 *     call ─┬─▶ its signal, which may abort it
 *           ├─▶ the batch that it is made in, which waits for it
 *           └─▶ the request of its caller, which looks for it
 *
 * @module
 */
import type { CallOptions } from "./call_options.ts";
import type { Call } from "./core/call.ts";
import type { Engine } from "./engine.ts";
import type { Nesting } from "./nesting.ts";
import { listen } from "./signals.ts";

/** Ties a call that is made under this mark; all ties go when it ends. */
export function tie<In, Out>(
  { departures, nesting, settings, wake }: Engine<In, Out>,
  call: Call,
  { signal }: CallOptions,
  mark: Nesting | undefined,
): void {
  if (signal) {
    call.whenEnded(listen(signal, departures.abort, call));
    // A hook that was told of one who made room may have aborted it, or the signal itself while it was listened to.
    if (signal.aborted) throw signal.reason;
  }
  if (mark) {
    mark.add(nesting);
    call.whenEnded({ end: () => mark.remove(nesting) });
  }
  if (settings.host.join) {
    call.whenEnded({ end: settings.host.join(wake.look) });
  }
}
