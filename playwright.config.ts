import { defineConfig, devices } from "@playwright/test";
import { BROWSER_FLAGS, findBrowser } from "./tools/house/browser.mjs";

const executablePath = await findBrowser();

export default defineConfig({
  testDir: "tests/e2e",
  globalSetup: "./tests/e2e/last-build.ts",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // A busy machine is no failure: these only end what hangs.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
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
