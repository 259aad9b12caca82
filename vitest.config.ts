import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    // A busy machine is no failure: this only ends what hangs.
    testTimeout: 1_200_000,
    tags: [{ name: "fuzz", description: "Tests of properties (tests/tried.ts), which npm run fuzz runs alone." }],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "node",
          // The geometry of charts needs no document: their files without JSX are tested here, in a tenth of the time.
          include: ["tests/{calc,catalog,advice,charts,interop,format,terminal}/**/*.test.ts"],
          // Nothing here keeps a state, so that engine and catalog are loaded once in each process, not once for each file.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "state",
          environment: "node",
          include: ["tests/{scenario,service,house}/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "component",
          environment: "jsdom",
          include: ["tests/{ui,panels,app}/**/*.test.{ts,tsx}", "tests/charts/**/*.test.tsx"],
          setupFiles: ["tests/setup-dom.ts"],
        },
      },
    ],
  },
});
