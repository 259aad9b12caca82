import { defineConfig } from "@playwright/test";
import { ENGINE_NAMES } from "../../tools/house/engines.mjs";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/browsers",
  forbidOnly: true,
  workers: 2,
  // A busy machine is no failure: this only ends what hangs.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  projects: ENGINE_NAMES.map((name) => ({ name })),
});
