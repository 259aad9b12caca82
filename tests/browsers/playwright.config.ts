import { defineConfig } from "@playwright/test";
import { ENGINE_NAMES } from "../../tools/house/engines.mjs";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/browsers",
  forbidOnly: true,
  // What is measured in one engine waits for no other.
  workers: 1,
  // A busy machine is no failure: this only ends what hangs.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [["./reporter.ts"]],
  projects: ENGINE_NAMES.map((name) => ({ name })),
});
