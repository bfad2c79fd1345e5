/**
 * A browser without a window, where one is installed.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];
const places = (process.env["PATH"] ?? "").split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)));
/** It is to ask nobody but the service, and may run as root. */
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where Chromium is; `undefined` if there is none. */
export const chromiumPath: string | undefined = places.find(existsSync);

if (chromiumPath === undefined) {
  console.log(
    "SKIPPED: no test of the page, as Chromium is not installed " +
      "(`apt-get install chromium`)",
  );
}

/** Starts it. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: chromiumPath!,
    args: flags,
    timeout: 90_000,
  });
}
