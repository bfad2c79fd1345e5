/**
 * Serves until SIGINT or SIGTERM.
 *
 * @module
 */

import {
  readNumber,
  readOptions,
  runCommand,
  stopOnSignal,
} from "./command.ts";
import { curlLine } from "./sample.ts";
import { startService } from "./service.ts";

await runCommand(async () => {
  const options = readOptions({ port: { type: "string", default: "8000" } });
  const port = readNumber(options, "port", { min: 0, max: 65535 });
  const service = await startService(port);
  stopOnSignal(service);
  console.log(
    `Listening on ${service.url}: open it in a browser, or try\n  ${
      curlLine(service.url)
    }`,
  );
});
