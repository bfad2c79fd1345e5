/**
 * Shows what batching brings: starts the service, drives its endpoints with 64
 * callers each, prints a table and goes on serving. `--once` ends after the table.
 *
 * @module
 */

import {
  readNumber,
  readOptions,
  runCommand,
  stopOnSignal,
} from "./command.ts";
import { measure, type Measured } from "./load/measure.ts";
import { table } from "./load/table.ts";
import { curlLine } from "./sample.ts";
import { type Service, startService } from "./service.ts";

const callers = 64;

await runCommand(async () => {
  const options = readOptions({
    port: { type: "string", default: "8000" },
    seconds: { type: "string", default: "3" },
    once: { type: "boolean", default: false },
  });
  const port = readNumber(options, "port", { min: 0, max: 65535 });
  const seconds = readNumber(options, "seconds", { min: 1, max: 3600 });
  const service = await startService(port);
  const ending = stopOnSignal(service);
  console.log(
    `Listening on ${service.url}, ${callers} callers at each endpoint`,
  );
  console.log(table(await measureAll(service, { seconds, ending })));
  if (options.once) return await service.stop();
  console.log(
    `Still listening on ${service.url}: open it in a browser, or try\n  ${
      curlLine(service.url)
    }`,
  );
});

async function measureAll(
  service: Service,
  options: { seconds: number; ending: AbortSignal },
): Promise<Measured[]> {
  const measured = [];
  for (const path of ["/predict", "/optimized_predict", "/echo"]) {
    measured.push(await measure(service, { path, callers, ...options }));
  }
  return measured;
}
