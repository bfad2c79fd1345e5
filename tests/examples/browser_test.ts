import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { stop } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { browserApp } from "../../examples/browser/app.ts";
import {
  listen,
  type Server,
} from "../../examples/predictions/runtimes/listen.ts";
import { chromiumPath, startChromium } from "./chromium.ts";

const CARDS = 60;

describe("The page of examples/browser", { skip: !chromiumPath }, () => {
  let paths: string[] = [];
  let server: Server;
  let browser: Browser;
  let page: Page;

  // Bun would give before() five seconds, whatever it is told.
  it("Opens", { timeout: 180_000 }, async () => {
    const app = await browserApp((path) => paths.push(path));
    await stop();
    server = await listen(app.fetch, { hostname: "127.0.0.1", port: 0 });
    browser = await startChromium();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.waitForFunction(isComplete);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("Sixty components make two requests", async () => {
    assert.deepEqual(paths.filter((path) => path.startsWith("/users")), [
      "/users/find/bulk",
      "/users/greet/bulk",
    ]);
    const cards = await textsOf("user-card:not(.failed)");
    const wanted = Array.from({ length: 58 }, (_, id) => `Hello, user ${id}`);
    assert.deepEqual(cards, wanted);
  });

  it("Who is not found fails alone", async () => {
    const failed = await textsOf(".failed");
    assert.deepEqual(failed, ["Nobody has this id", "Nobody has this id"]);
  });

  it("Components that disappear at once leave the others alone", async () => {
    paths = [];
    await page.evaluate(`{
      const button = document.querySelector("button");
      button.click();
      button.click();
    }`);
    await page.waitForFunction(isComplete);
    const cards = await textsOf("user-card");
    assert.equal(cards.length, CARDS);
    assert.deepEqual(paths, ["/users/find/bulk", "/users/greet/bulk"]);
  });

  /** Runs in the page. */
  const isComplete = `
    document.querySelectorAll("user-card").length === ${CARDS} &&
    [...document.querySelectorAll("user-card")].every((card) => card.textContent)
  `;

  function textsOf(selector: string): Promise<string[]> {
    return page.locator(selector).allTextContents();
  }
});
