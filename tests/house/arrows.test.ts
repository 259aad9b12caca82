import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** One wrong arrow and one right one for each room, and for each layer of the engine, as src/README.md draws them. */
const ROOMS = {
  calc: { refused: "#catalog/catalog.ts", permitted: "#calc/base/bytes.ts" },
  "calc/base": { refused: "#calc/model/scenario.ts", permitted: "#calc/base/bytes.ts" },
  "calc/allocator": { refused: "#calc/model/scenario.ts", permitted: "#calc/base/bytes.ts" },
  "calc/model": { refused: "#calc/tape/tape.ts", permitted: "#calc/base/bytes.ts" },
  "calc/tape": { refused: "#calc/modules/forward.ts", permitted: "#calc/model/terms.ts" },
  "calc/modules": { refused: "#calc/families/family.ts", permitted: "#calc/tape/tape.ts" },
  "calc/families": { refused: "#calc/step/trace.ts", permitted: "#calc/modules/forward.ts" },
  "calc/parameters": { refused: "#calc/optimizers/optimizer.ts", permitted: "#calc/families/families.ts" },
  "calc/optimizers": { refused: "#calc/step/workings.ts", permitted: "#calc/parameters/parameter-tensors.ts" },
  "calc/step": { refused: "#calc/parallel/pipeline-stages.ts", permitted: "#calc/optimizers/optimizer.ts" },
  "calc/activations": { refused: "#calc/parallel/pipeline-stages.ts", permitted: "#calc/step/strategy.ts" },
  "calc/parallel": { refused: "#calc/engine.ts", permitted: "#calc/step/strategy.ts" },
  "calc/card": { refused: "#calc/families/family.ts", permitted: "#calc/model/memory-estimate.ts" },
  "calc/explain": { refused: "#calc/step/workings.ts", permitted: "#calc/families/families.ts" },
  "calc/accounting": { refused: "#calc/parallel/pipeline-stages.ts", permitted: "#calc/step/estimate-step.ts" },
  catalog: { refused: "#calc/whole-engine.ts", permitted: "#calc/model/architecture.ts" },
  format: { refused: "#catalog/catalog.ts", permitted: "#calc/base/bytes.ts" },
  advice: { refused: "#calc/step/workings.ts", permitted: "#calc/whole-engine.ts" },
  interop: { refused: "#scenario/page/store.ts", permitted: "#scenario/keys/choices.ts" },
  "scenario/keys": { refused: "#calc/whole-engine.ts", permitted: "#catalog/stacks.ts" },
  "scenario/words": { refused: "#scenario/choices/encode-link.ts", permitted: "#scenario/keys/choices.ts" },
  "scenario/choices": { refused: "#scenario/page/store.ts", permitted: "#calc/whole-engine.ts" },
  "scenario/page": { refused: "#calc/whole-engine.ts", permitted: "zustand" },
  service: { refused: "#scenario/page/store.ts", permitted: "#advice/verdict.ts" },
  package: { refused: "node:fs/promises", permitted: "#interop/import/import-files.ts" },
  "package/mcp": { refused: "node:fs/promises", permitted: "@modelcontextprotocol/sdk/types.js" },
  "package/commands": { refused: "#service/questions.ts", permitted: "node:fs/promises" },
  ui: { refused: "#calc/base/bytes.ts", permitted: "@base-ui/react/combobox" },
  charts: { refused: "#scenario/page/store.ts", permitted: "#format/bytes.ts" },
  panels: { refused: "#calc/whole-engine.ts", permitted: "#scenario/page/store.ts" },
} as const;

type Room = keyof typeof ROOMS;
type Report = Readonly<{ diagnostics: readonly Readonly<{ code: string; help: string; filename: string }>[] }>;

const OXLINT = resolve("node_modules", "oxlint", "bin", "oxlint");

/** A copy of the house with our linter's rules and nothing in its rooms: the real one is never touched. */
const copy = mkdtempSync(join(tmpdir(), "headroom-arrows-"));

const lint = (): Report => {
  try {
    return JSON.parse(
      execFileSync(process.execPath, [OXLINT, "--format=json", "src"], { cwd: copy, encoding: "utf8" }),
    );
  } catch (error) {
    // Findings make oxlint exit 1; the report is on its standard output all the same.
    return JSON.parse((error as { stdout: string }).stdout);
  }
};

const rooms = Object.keys(ROOMS) as Room[];
let findings: Report["diagnostics"] = [];

const plant = (room: Room, name: string, source: string): void => {
  mkdirSync(join(copy, "src", room, "planted"), { recursive: true });
  writeFileSync(join(copy, "src", room, "planted", `${name}.ts`), source);
};

const messagesAbout = (room: Room, name: string): readonly string[] =>
  findings
    .filter(({ filename, code }) => filename.endsWith(`/${room}/planted/${name}.ts`) && code.includes("no-restricted"))
    .map(({ help }) => help);

beforeAll(() => {
  copyFileSync(".oxlintrc.json", join(copy, ".oxlintrc.json"));
  for (const room of rooms) {
    const { refused, permitted } = ROOMS[room];
    plant(room, "refused", `import * as wrong from "${refused}";\nexport const planted = wrong;\n`);
    plant(room, "permitted", `import * as right from "${permitted}";\nexport const planted = right;\n`);
    plant(room, "climbing", `import * as wrong from "../neighbour.ts";\nexport const planted = wrong;\n`);
    plant(room, "app", `export * from "#app/Root.tsx";\n`);
  }
  plant("calc", "date", "export const planted = Date.now();\n");
  plant("calc", "random", "export const planted = Math.random();\n");
  findings = lint().diagnostics;
});

afterAll(() => rmSync(copy, { recursive: true }));

describe.each(rooms)("%s", (room) => {
  const message = expect.stringContaining(`src/${room} may import only: itself`);

  test(`may not import ${ROOMS[room].refused}, and the refusal names the rule`, () => {
    expect(messagesAbout(room, "refused")).toEqual([message]);
  });
  test(`may import ${ROOMS[room].permitted}`, () => {
    expect(messagesAbout(room, "permitted")).toEqual([]);
  });
  test("may not climb with ../, which could leave the room", () => {
    expect(messagesAbout(room, "climbing")).toEqual([message]);
  });
  test("may not pass the app on", () => {
    expect(messagesAbout(room, "app")).toEqual([message]);
  });
});

test("the core may not ask for the time or for chance", () => {
  expect(messagesAbout("calc", "date")).toHaveLength(1);
  expect(messagesAbout("calc", "random")).toEqual(["The core is deterministic."]);
});

describe("an import that the linter does not look at (a call of import, a type's import)", () => {
  const config = JSON.parse(readFileSync(".oxlintrc.json", "utf8")) as {
    overrides: { files: string[]; rules: Record<string, [string, { patterns: { group: string[] }[] }]> }[];
  };
  /** `#calc` of `!#calc/**`: what the linter's own list lets this room import. */
  const allowedBy = (room: Room): readonly string[] => {
    const override = config.overrides.find(
      ({ files, rules }) => files.includes(`src/${room}/**`) && "eslint/no-restricted-imports" in rules,
    );
    const [, options] = override?.rules["eslint/no-restricted-imports"] ?? [];
    return (options?.patterns ?? []).flatMap(({ group }) => group.filter((glob) => glob.startsWith("!")));
  };
  const isAllowed = (globs: readonly string[], path: string): boolean =>
    globs.some((glob) => path.startsWith(glob.slice(1).replace("**", "")));

  test.each(rooms)("keeps to the arrows of %s too", (room) => {
    const globs = allowedBy(room);
    expect(globs.length).toBeGreaterThan(1);
    const wrong = readdirSync(join("src", room), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) =>
        [...readFileSync(join("src", room, file), "utf8").matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]/g)]
          .map(([, path]) => path ?? "")
          .filter((path) => !isAllowed(globs, path))
          .map((path) => `${room}/${file} imports ${path}`),
      );
    expect(wrong).toEqual([]);
  });
});
