/**
 * The page: puts its parts together.
 *
 * @module
 */

/// <reference lib="dom" />

import type { Settings } from "../settings.ts";
import { Charts } from "./charts.ts";
import { Controls } from "./controls.ts";
import { byId, make } from "./element.ts";
import { Heard } from "./heard.ts";
import { count } from "./numbers.ts";
import { Outbox } from "./outbox.ts";
import { Reader } from "./reader.ts";
import { Score } from "./score.ts";
import { listen, send } from "./server.ts";
import { Trouble } from "./trouble.ts";
import { Wall } from "./wall.ts";

const trouble = new Trouble(byId("trouble"));
const tell = (error: unknown) => trouble.tell(error);

const charts = new Charts();
const score = new Score();
/** In which mode the wall was read last: it is read anew in the other. */
let readMode: string | undefined;

const heard = new Heard<Settings>();
const outbox = new Outbox<Settings>(async (settings) => {
  heard.changed(await send(settings));
});
const controls = new Controls(async (settings) => {
  await outbox.put(settings).catch(tell);
  showHeard();
});
const reader = new Reader(() => controls.settings?.mode ?? "batched", tell);

listen({
  settings(settings, version) {
    heard.hear(settings, version);
    showHeard();
    if (!settings.running) charts.rest();
  },
  tick(tick) {
    charts.add(tick);
    score.add(tick);
    if (tick.failures > 0) {
      tell(`${count(tick.failures, "request", "requests")} failed`);
    }
  },
  connected(isConnected) {
    const wasAway = trouble.isAway;
    trouble.isAway = !isConnected;
    if (!isConnected) {
      heard.forget();
      controls.disable();
    } else if (wasAway) reader.read();
  },
});

/** Not while a visitor's own wish is under way: a slider would jump back under the hand. */
function showHeard(): void {
  const { value } = heard;
  if (value === undefined || outbox.isBusy || trouble.isAway) return;
  controls.show(value);
  readAnew();
}

let wall: Wall | undefined;
Wall.hang((image) => reader.paper.put(image)).then((hung) => {
  wall = hung;
  const read = byId<HTMLButtonElement>("read");
  read.disabled = false;
  read.addEventListener("click", readNow);
  addSamples(hung);
  readAnew();
}).catch(tell);

function readAnew(): void {
  const mode = controls.settings?.mode;
  if (wall === undefined || mode === undefined || mode === readMode) return;
  readMode = mode;
  readNow();
}

function readNow(): void {
  wall?.read(controls.settings?.running === false).catch(tell);
}

/** A digit from the wall, for who cannot or does not want to draw. */
function addSamples(wall: Wall): void {
  for (let digit = 0; digit < 10; digit++) {
    const button = make("button", String(digit));
    button.type = "button";
    button.ariaLabel = `A ${digit} from the wall`;
    button.addEventListener(
      "click",
      () => reader.paper.put(wall.sample(digit)),
    );
    byId("samples").append(button);
  }
}
