import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Browser, CDPSession, Page } from "playwright-core";
import {
  firstSettings,
  type Settings,
} from "../../examples/predictions/page/settings.ts";
import type { Tick } from "../../examples/predictions/page/tally.ts";
import { chromiumPath, startChromium } from "./chromium.ts";
import { Command } from "./command.ts";

const timeout = 180_000;
const whereChromiumIs = chromiumPath === undefined ? describe.skip : describe;

let command: Command;
let browser: Browser;
let page: Page;
let devtools: CDPSession;

async function openPage(): Promise<void> {
  command = new Command("serve.ts", ["--port", "0"]);
  const origin = `http://127.0.0.1:${await command.port()}`;
  browser = await startChromium();
  page = await browser.newPage({ reducedMotion: "reduce", hasTouch: true });
  page.setDefaultTimeout(60_000);
  devtools = await page.context().newCDPSession(page);
  await page.goto(origin);
  await page.locator("#run:enabled").waitFor();
}

/** Has fingers do that, in parts of the width of the paper. */
async function touch(
  type: "touchStart" | "touchMove" | "touchEnd",
  ...points: [number, number][]
): Promise<void> {
  const { x, y, width } = (await page.locator("#ink").boundingBox())!;
  const touchPoints = points.map(([right, down], id) => ({
    x: x + right * width,
    y: y + down * width,
    id,
  }));
  await devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
}

/** What the element with the focus is called, if anything lies above its middle. */
async function hiddenFocus(): Promise<string> {
  return await page.evaluate<string>(`{
    const element = document.activeElement;
    const { left, top, width, height } = element.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    const isSeen = element === above || element.contains(above);
    isSeen ? "" : element.id || element.textContent;
  }`);
}

type Ticks = Pick<Tick, "mode" | "callers" | "requestsPerSecond">;

/** Opens the page with a server that says this, as often as it takes to count. */
async function openWith(...said: Ticks[]): Promise<void> {
  const rest = { p50Ms: 0, p95Ms: 0, meanBatch: 0, largestBatch: 0 };
  const none = { reasons: {}, refusedPerSecond: 0, failures: 0 };
  const event = (name: string, data: Settings | Tick) =>
    `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  const ticks = said.flatMap((tick) => Array<Ticks>(3).fill(tick));
  const body = event("settings", firstSettings) +
    ticks.map((tick, at) =>
      event("tick", { at: at / 4, ...rest, ...none, ...tick })
    ).join("");
  await page.route(
    "**/page/live",
    (route) => route.fulfill({ contentType: "text/event-stream", body }),
  );
  await page.reload();
}

async function said(id: string, pattern: RegExp): Promise<string> {
  const element = page.locator(`#${id}`).filter({ hasText: pattern });
  return (await element.textContent())!;
}

whereChromiumIs("The page in other hands", () => {
  // Bun gives what stands in before() five seconds, whatever it is told.
  it("opens", { timeout }, openPage);
  after(async () => {
    await browser.close();
    command.signal("SIGTERM");
    await command.ended;
  });

  it("draws with one finger, whatever a second one does", {
    timeout,
  }, async () => {
    await touch("touchStart", [0.4, 0.2]);
    await touch("touchStart", [0.4, 0.2], [0.9, 0.6]);
    for (let down = 0.2; down < 0.9; down += 0.05) {
      await touch("touchMove", [0.4, down], [0.9, 0.6 + down / 10]);
    }
    await touch("touchEnd");
    assert.equal(await said("answer", /That is/), "That is a 1");
  });

  it("has light paper where the system chooses dark colours", {
    timeout,
  }, async () => {
    const background = () =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector("#ink")).backgroundColor`,
      );
    await page.emulateMedia({ colorScheme: "dark" });
    const light = await background();
    assert.match(light, /^rgb\(2\d\d, 2\d\d, 2\d\d\)$/);
    await page.emulateMedia({ forcedColors: "active" });
    assert.equal(await background(), light);
    await page.emulateMedia({ colorScheme: null, forcedColors: null });
  });

  for (const width of [1280, 768, 360]) {
    it(`hides nothing that has the focus, ${width} points wide`, {
      timeout,
    }, async () => {
      await page.setViewportSize({ width, height: 600 });
      await page.evaluate("scrollTo(0, 0)");
      await page.locator(".skip").focus();
      assert.equal(await hiddenFocus(), "");
      await page.keyboard.press("Enter");
      const [heading, header] = await page.evaluate<number[]>(
        `[
          document.querySelector("#draw").getBoundingClientRect().top,
          document.querySelector(".switch").getBoundingClientRect().bottom,
        ]`,
      );
      assert(heading! >= header!, `${heading} is above ${header}`);
      await page.locator("footer a").last().focus();
      for (let back = 0; back < 20; back++) {
        await page.keyboard.press("Shift+Tab");
        assert.equal(await hiddenFocus(), "");
      }
    });
  }

  it("compares as many clients with as many", { timeout }, async () => {
    const single = {
      mode: "single" as const,
      callers: 64,
      requestsPerSecond: 1000,
    };
    const batched = {
      mode: "batched" as const,
      callers: 64,
      requestsPerSecond: 9000,
    };
    await openWith(single, batched);
    await said("gain", /answers 9.0 times/);
    await openWith(single, batched, { ...batched, callers: 512 });
    await said("gain", /^Now flip the switch/);
  });

  it("takes no answer for no quick one", { timeout }, async () => {
    await openWith({ mode: "batched", callers: 1, requestsPerSecond: 0 });
    await said("latency-now", /^no answer$/);
    await said("sizes-now", /^no batch$/);
  });
});
