/**
 * Takes the pictures of the page for the README:
 *
 *     deno run -A tests/examples/picture.ts
 *
 * in the light theme and in the dark one, after a minute of work. The committed
 * ones were reduced to 256 colours, which makes them a third as large.
 *
 * @module
 */

import type { Page } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { Command } from "./command.ts";

const command = new Command("serve.ts", ["--port", "0"]);
const url = `http://127.0.0.1:${await command.port()}/`;
const browser = await startChromium();
const page = await browser.newPage({
  viewport: { width: 1120, height: 900 },
});
await page.goto(url);
await drawThree(page);
await compare(page);
await page.evaluate("scrollTo(0, 0)");
for (const colorScheme of ["light", "dark"] as const) {
  await page.emulateMedia({ colorScheme });
  const file = new URL(
    `../../docs/pictures/page_${colorScheme}.png`,
    import.meta.url,
  );
  await page.screenshot({ path: file.pathname, fullPage: true });
}
await browser.close();
command.signal("SIGTERM");
await command.ended;

async function drawThree(page: Page): Promise<void> {
  const { x, y, width } = (await page.locator("#ink").boundingBox())!;
  const bow = (middle: number, from: number) =>
    Array.from({ length: 13 }, (_, step) => {
      const angle = from + step / 12 * (Math.PI / 2 - from + 0.25);
      return [0.47 + 0.2 * Math.cos(angle), middle + 0.165 * Math.sin(angle)];
    });
  const points = [...bow(0.33, -2.5), ...bow(0.66, -1.5), [0.36, 0.8], [
    0.28,
    0.74,
  ]];
  for (const [at, [right, down]] of points.entries()) {
    await page.mouse.move(x + right! * width, y + down! * width, { steps: 3 });
    if (at === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

/** Reads the wall both ways, then works in turns, with other settings at times. */
async function compare(page: Page): Promise<void> {
  const choose = (name: string) =>
    page.getByRole("radio", { name }).check({ force: true });
  const set = (name: string, value: string) =>
    page.getByRole("slider", { name }).fill(value);
  await page.waitForTimeout(3000);
  await choose("One by one");
  await page.waitForTimeout(6000);
  await choose("In batches");
  await page.waitForTimeout(5000);
  await page.getByRole("button", { name: "Start the clients" }).click();
  await page.waitForTimeout(10_000);
  await set("Largest batch", "8");
  await page.waitForTimeout(10_000);
  await choose("One by one");
  await page.waitForTimeout(12_000);
  await set("Largest batch", "6");
  await choose("In batches");
  await page.waitForTimeout(18_000);
}
