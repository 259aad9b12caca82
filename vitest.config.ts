import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { build, type Plugin } from "vite";
import { defaultExclude, defineConfig } from "vitest/config";

/** The page's state, what stands in for something else, and a document: a file with one of these has a process, or a document, of its own. */
const STATE = /#scenario\/page\/|\bvi\b|\bdocument\b/;

/** Files without JSX that have such a state. */
const WITH_STATE = readdirSync(join(import.meta.dirname, "tests"), { recursive: true, encoding: "utf8" })
  .map((file) => join("tests", file).replaceAll("\\", "/"))
  .filter((file) => /^tests\/(scenario|service|ui|panels|app)\/.*\.test\.ts$/.test(file))
  .filter((file) => STATE.test(readFileSync(join(import.meta.dirname, file), "utf8")));
const inRooms = (rooms: RegExp): readonly string[] => WITH_STATE.filter((file) => rooms.test(file));

const COUNTS_COVERAGE = process.argv.includes("--coverage");
/** What counts coverage, and what tries mutants (`tools/mutants/test-runner.mjs`). */
const GOES_BY_FILES = COUNTS_COVERAGE || process.env["TESTS_GO_BY_FILES"] === "1";

/**
 * Modules are run as the build makes them: in one piece with all that they import, which they share. Vitest calls each function of another module through an object of getters,
 * with which a replay of PyTorch's allocator, tens of thousands of calls, takes five times as long, and the engine's other answers twice as long. Such a piece shares no object
 * with modules that are imported beside it: what tests take an engine apart with (`calc/everything.ts`) is not in it. Not while coverage is counted or mutants are tried, which go by files.
 */
const asBuilt = (...files: readonly string[]): Plugin => {
  const entries = files.map((file) => join(import.meta.dirname, file));
  const chunks = new Map<string, string>();
  let building: Promise<ReadonlyMap<string, string>> | null = null;
  /** Builds all entries at once; returns the code of each by its path. */
  const buildAll = async (watch: (file: string) => void): Promise<ReadonlyMap<string, string>> => {
    const lib = { entry: entries, formats: ["es" as const] };
    const built = await build({ configFile: false, logLevel: "silent", build: { write: false, minify: false, lib } });
    const [made] = Array.isArray(built) ? built : [];
    const byPath = new Map<string, string>();
    for (const chunk of made?.output ?? []) {
      if (chunk.type !== "chunk") continue;
      for (const part of chunk.moduleIds) watch(part);
      if (chunk.isEntry && chunk.facadeModuleId !== null) byPath.set(chunk.facadeModuleId, chunk.code);
      else chunks.set(`./${chunk.fileName}`, chunk.code);
    }
    return byPath;
  };
  const shared = `\0as-built:${files.join("+")}:`;
  return {
    name: "as-built",
    enforce: "pre",
    resolveId(source, importer) {
      const isOurs = importer !== undefined && (entries.includes(importer) || importer.startsWith(shared));
      return isOurs && chunks.has(source) ? `${shared}${source}` : null;
    },
    async load(id) {
      if (id.startsWith(shared)) return chunks.get(id.slice(shared.length)) ?? null;
      if (!entries.includes(id) || GOES_BY_FILES) return null;
      building ??= buildAll((file) => this.addWatchFile(file));
      const code = (await building).get(id);
      if (code === undefined) throw new Error(`${id} makes no module`);
      return code;
    },
  };
};

export default defineConfig({
  plugins: [
    react(),
    asBuilt("src/calc/allocator/replay.ts"),
    asBuilt("src/calc/whole-engine.ts", "src/calc/whole-run.ts"),
  ],
  test: {
    // What is covered does not hang on which rows a sweep draws (tests/swept.ts).
    ...(COUNTS_COVERAGE && { env: { SWEEPS: "whole" } }),
    // A busy machine is no failure: this only ends what hangs.
    testTimeout: 1_200_000,
    // What no test loads counts, too.
    coverage: { include: ["src/**/*.{ts,tsx}"] },
    tags: [
      { name: "fuzz", description: "Tests of properties (tests/tried.ts), which npm run fuzz runs with more draws." },
      { name: "sweep", description: "Tests of each row of a catalog (tests/swept.ts), which npm run fuzz runs whole." },
    ],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "node",
          // What needs no document is tested here in a tenth of the time.
          include: [
            "tests/{calc,catalog,advice,charts,interop,format,package,terminal,scenario,service,ui,panels,app}/**/*.test.ts",
          ],
          exclude: [...defaultExclude, ...WITH_STATE],
          // Nothing here keeps a state, so that engine and catalog are loaded once in each process, not once for each file.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "state",
          environment: "node",
          include: ["tests/house/**/*.test.ts", ...inRooms(/^tests\/(scenario|service)\//)],
        },
      },
      {
        extends: true,
        resolve: { alias: [{ find: /^zustand$/, replacement: join(import.meta.dirname, "tests/page-stores.ts") }] },
        test: {
          name: "component",
          environment: "jsdom",
          include: ["tests/{ui,panels,app,charts}/**/*.test.tsx", ...inRooms(/^tests\/(ui|panels|app)\//)],
          setupFiles: ["tests/setup-dom.ts"],
          // Files share React, engine, catalog and one page, which each test finds as it is opened (tests/setup-dom.ts).
          isolate: false,
        },
      },
    ],
  },
});
