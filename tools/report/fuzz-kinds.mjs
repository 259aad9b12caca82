/**
 * What is drawn in a property. The first kind with a file of which the path begins so has it; `goal`: how many cases at least one of its properties is tried with.
 *
 * @type {readonly Readonly<{ kind: string, goal?: number, files: readonly string[] }>[]}
 */
export const FUZZ_KINDS = [
  {
    kind: "links",
    goal: 20_000,
    files: ["url", "broken-links", "unknown-names", "pinned-link", "focus"].map(
      (name) => `tests/scenario/${name}.test.ts`,
    ),
  },
  {
    kind: "config.json",
    goal: 1000,
    files: ["tests/interop/config-json/config-json.test.ts", "tests/interop/config-places.test.ts"],
  },
  { kind: "out-of-memory messages", goal: 10_000, files: ["tests/interop/oom/"] },
  {
    kind: "YAML",
    goal: 2000,
    files: ["tests/interop/import/formats/any-yaml.test.ts", "tests/interop/import/formats/yaml-source.test.ts"],
  },
  { kind: "TOML", goal: 2000, files: ["tests/interop/import/formats/any-toml.test.ts"] },
  { kind: "CSV", goal: 2000, files: ["tests/interop/memory-table.test.ts"] },
  { kind: "training files of all formats", files: ["tests/interop/import/"] },
  { kind: "exported files, changed lines", files: ["tests/interop/export/", "tests/interop/config-lines/"] },
  { kind: "measured rows", files: ["tests/interop/measure/"] },
  { kind: "numbers that are typed", files: ["tests/ui/"] },
  {
    kind: "models by size or by architecture",
    files: ["tests/catalog/", "tests/scenario/mutated-architecture.test.ts", "tests/scenario/every-library.test.ts"],
  },
  {
    kind: "choices, answered",
    files: [
      "tests/scenario/choices/to-answer.test.ts",
      "tests/scenario/json-laws.test.ts",
      "tests/scenario/rules-laws.test.ts",
      "tests/package/commands/estimate.test.ts",
    ],
  },
  {
    kind: "advice",
    files: ["tests/advice/", "tests/terminal/advice-set.test.ts", "tests/package/commands/advised-links.test.ts"],
  },
  { kind: "the allocator", files: ["tests/calc/allocator/", "tests/calc/card/"] },
  { kind: "the engine", files: ["tests/calc/"] },
];

/** The kind of what a file's properties draw; null where it is in none. @param {string} file from the root */
export const fuzzKindOf = (file) =>
  FUZZ_KINDS.find(({ files }) => files.some((beginning) => file.startsWith(beginning)))?.kind ?? null;
