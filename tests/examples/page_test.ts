import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { chromiumPath, startChromium } from "./chromium.ts";
import { Command } from "./command.ts";

// Starting a browser takes seconds, on a busy machine many more.
const timeout = 180_000;
const whereChromiumIs = chromiumPath === undefined ? describe.skip : describe;

let command: Command;
let browser: Browser;
let page: Page;
/** All that should not have happened. */
const complaints: string[] = [];

async function openPage(): Promise<void> {
  command = new Command("serve.ts", ["--port", "0"]);
  const origin = `http://127.0.0.1:${await command.port()}`;
  browser = await startChromium();
  page = await browser.newPage({ reducedMotion: "reduce" });
  page.setDefaultTimeout(60_000);
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on("request", (request) => {
    const isOurs = /^(blob|data):/.test(request.url()) ||
      request.url().startsWith(origin);
    if (!isOurs) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(`${origin}/`);
}

/** Moves the mouse along points of the paper, in parts of its width. */
async function draw(...points: [number, number][]): Promise<void> {
  const paper = page.locator("#ink");
  await paper.scrollIntoViewIfNeeded();
  const { x, y, width } = (await paper.boundingBox())!;
  for (const [at, [right, down]] of points.entries()) {
    await page.mouse.move(x + right * width, y + down * width, { steps: 5 });
    if (at === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

/** Waits until the element says something like that. */
async function said(id: string, pattern: RegExp): Promise<string> {
  const element = page.locator(`#${id}`).filter({ hasText: pattern });
  return (await element.textContent())!;
}

async function choose(mode: "One by one" | "In batches"): Promise<void> {
  // The radio button itself is drawn by its label.
  await page.getByRole("radio", { name: mode }).check({ force: true });
}

function button(name: string): Locator {
  return page.getByRole("button", { name, exact: true });
}

whereChromiumIs("The page in Chromium", () => {
  // Bun gives what stands in before() five seconds, whatever it is told.
  it("opens", { timeout }, openPage);
  after(() => browser.close());

  it("reads a digit drawn with the mouse", { timeout }, async () => {
    await draw([0.3, 0.2], [0.7, 0.2], [0.45, 0.85]);
    assert.equal(await said("answer", /7/), "That is a 7");
    const most = page.locator("#bars .most");
    assert.match((await most.textContent())!, /^7([6-9]\d|100) %$/);
    assert.match(await said("timing", /Waited/), /read in [\d.]+\sms alone/);
  });

  it("clears the paper", { timeout }, async () => {
    await button("Clear").click();
    await said("answer", /No digit yet/);
    assert.equal(await page.locator("#bars .most").count(), 0);
  });

  it("reads a digit drawn with the keys alone", { timeout }, async () => {
    await page.locator("#ink").focus();
    await page.keyboard.press("Space");
    for (let step = 0; step < 14; step++) {
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Space");
    assert.equal(await said("answer", /1/), "That is a 1");
    await page.keyboard.press("Delete");
    await said("answer", /No digit yet/);
  });

  it("takes a digit from the wall by the keyboard", { timeout }, async () => {
    await button("A 0 from the wall").press("Enter");
    await said("answer", /0/);
    const tiles = page.locator("#wall button");
    await tiles.first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await said("answer", /1/);
    assert.equal(await page.locator("#wall [tabindex='0']").count(), 1);
  });

  it("reads the wall in few calls", { timeout }, async () => {
    const status = await said("wall-status", /of 256 right/);
    const [, right, calls] = /^(\d+) of 256 right in (\d+) calls/.exec(status)!;
    assert(Number(right) >= 250, status);
    // Four where no window ends early.
    assert(Number(calls) >= 4 && Number(calls) < 64, status);
    const tiles = page.locator("#wall [data-read='right']");
    assert.equal(await tiles.count(), Number(right));
  });

  it("reads it in as many calls as there are digits when told so", {
    timeout,
  }, async () => {
    await choose("One by one");
    await said("wall-status", /right in 256 calls/);
    const race = (await page.locator("#race").textContent())!;
    assert.match(race, /One by one[^]*256 calls[^]*In batches[^]*\d calls/);
    const colours = await page.evaluate<string[]>(
      `[...document.querySelectorAll("#race .track span")]
        .map((bar) => getComputedStyle(bar).backgroundColor)`,
    );
    assert.equal(new Set(colours).size, 2);
    await choose("In batches");
  });

  it("shows how batches grow and shrink with the switch", {
    timeout,
  }, async () => {
    await button("Start the clients").click();
    await said("sizes-now", /^mean ([2-9]\d|\d\d)/);
    await said("gain", /^Now flip the switch/);
    await choose("One by one");
    await said("sizes-now", /^mean 1, largest 1$/);
    await said("score", /One by one\s*64\s*\d/);
    await choose("In batches");
    await said("sizes-now", /largest 64$/);
    assert.match(await said("gain", /machine|nothing/), /\d\.\d/);
    const rate = await page.locator("#rate").getAttribute("aria-label");
    assert.match(rate!, /^Chart of the last minute; now [\d,.]+$/);
  });

  it("configures the batcher by its sliders", { timeout }, async () => {
    await page.getByRole("slider", { name: "Largest batch" }).fill("3");
    await said("sizes-now", /^mean [\d.]+, largest 8$/);
    await page.getByRole("combobox", { name: "Policy" }).selectOption(
      "natural",
    );
    const wait = page.getByRole("slider", { name: "Longest wait" });
    assert(await wait.isDisabled());
    await page.getByRole("slider", { name: "Clients" }).fill("0");
    await said("sizes-now", /^mean 1, largest 1$/);
    await button("Stop the clients").click();
    await button("Start the clients").waitFor();
  });

  it("shows no numbers of clients at rest as those of now", {
    timeout,
  }, async () => {
    for (const id of ["rate", "latency", "sizes"]) {
      await said(`${id}-now`, /^at rest$/);
    }
    for (const id of ["rate", "latency", "sizes", "reasons"]) {
      const label = await page.locator(`#${id}`).getAttribute("aria-label");
      assert.equal(label, "Chart of the last minute; now at rest");
    }
  });

  it("shows another page the same settings", { timeout }, async () => {
    const other = await browser.newPage();
    other.setDefaultTimeout(60_000);
    await other.goto(page.url());
    const policy = other.getByRole("combobox", { name: "Policy" });
    await policy.and(other.locator(":enabled")).waitFor();
    assert.equal(await policy.inputValue(), "natural");
    await other.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`fits a narrow screen, ${colorScheme}`, { timeout }, async () => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 320, height: 700 });
      // The times of a slow service are long.
      const [width] = await page.evaluate<number[]>(
        `for (const cell of document.querySelectorAll("#score td:nth-child(n + 4):nth-child(-n + 5)")) {
          cell.textContent = "1,234 ms";
        }
        [document.documentElement.scrollWidth]`,
      );
      assert.equal(width, 320);
    });
  }

  it("has had no error, and asked nobody but the service", () => {
    assert.deepEqual(complaints, []);
  });

  it("holds up no stop, and says that the server is away", {
    timeout,
  }, async () => {
    await button("Start the clients").click();
    await said("rate-now", /\d/);
    command.signal("SIGTERM");
    assert.equal(await command.ended, 0, command.errors);
    assert.equal(command.errors, "");
    await said("trouble", /away/);
    assert(await button("Stop the clients").isDisabled());
  });

  it(
    "says so though one goes on drawing, and reads that when the server is back",
    {
      timeout,
    },
    async () => {
      await button("Clear").click();
      // Any of them, and no 0 of the wall is read as something else.
      await button("A 0 from the wall").click();
      assert.match(await said("trouble", /./), /away/);
      command = new Command("serve.ts", ["--port", new URL(page.url()).port]);
      await said("answer", /0/);
      await button("Start the clients").and(page.locator(":enabled")).waitFor();
      assert.equal(await page.locator("#trouble").textContent(), "");
      command.signal("SIGTERM");
      assert.equal(await command.ended, 0, command.errors);
    },
  );
});
