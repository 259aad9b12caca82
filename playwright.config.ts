import { availableParallelism } from "node:os";
import { defineConfig, devices } from "@playwright/test";
import { BROWSER_FLAGS, findBrowser } from "./tools/house/browser.mjs";

const executablePath = await findBrowser();

export default defineConfig({
  testDir: "tests/e2e",
  globalSetup: "./tests/e2e/last-build.ts",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: true,
  // On two cores a third one was no faster.
  workers: availableParallelism(),
  // A busy machine is no failure: this only ends what hangs.
  timeout: 120_000,
  // What is not there, such as a title that has another name now, fails a test soon. Loading and the engine's work have a limit of their own (`PATIENT`,
  // tests/e2e/controls.ts).
  expect: { timeout: 10_000 },
  use: {
    // Without it a click on what is not there waits as long as the whole test may.
    actionTimeout: 10_000,
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    // Each test has a profile of its own: it would fetch and keep every file for use without a network. Tests of that allow it.
    serviceWorkers: "block",
    launchOptions: { args: BROWSER_FLAGS, ...(executablePath === null ? {} : { executablePath }) },
    // With a copy of the page at each step a test takes half as long again: `--trace on` makes one.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false },
    screenshot: "only-on-failure",
  },
});
