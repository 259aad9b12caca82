import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ALL_FAMILIES } from "#calc/families/all-families.ts";
import { isNone, type HeldRun, type ModelType } from "#calc/families/family.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import { scenarioOf } from "../../../tools/terminal/reference-scenario.ts";

const GOLDEN = "tests/golden";
const FOLDER = "src/calc/families";
const TYPES = ALL_FAMILIES.flatMap(({ model_types }) => Object.entries(model_types));
const BY_TYPE = new Map(TYPES);

/** What few types have to say. */
const RARE: readonly string[] = ["withoutSdpa"] satisfies readonly (keyof ModelType)[];

/** Every fact of a type; what it lacks the type checker reports. */
const FACTS: Readonly<Record<Exclude<keyof ModelType, "withoutSdpa">, true>> = {
  name: true,
  forward: true,
  tensorParallel: true,
  contextParallel: true,
  ulysses: true,
  pipeline: true,
  transformers4: true,
  torchtune: true,
  unsloth: true,
  liger: true,
  config: true,
  heldAgainst: true,
  approximation: true,
};

/** One sentence or two: a capital letter at the beginning, a full stop at the end, and words between. */
const SENTENCE = /^[A-Z](?:\S* ){3,}\S+\.$/;

describe.each(TYPES)("what is known of %s", (model_type, type) => {
  test("is all decided", () => {
    const facts = Object.keys(type).filter((fact) => !RARE.includes(fact));
    expect(facts.toSorted()).toEqual(Object.keys(FACTS).toSorted());
    for (const fact of Object.values(type)) expect(fact ?? null).not.toBeNull();
  });

  test("is a sentence where there is none of it, and where its step is not exact", () => {
    const reasons = Object.values(type).flatMap((fact) => (isNone(fact) ? [fact.none] : []));
    const words = [type.approximation, type.withoutSdpa ?? null].filter((each) => typeof each === "string");
    for (const reason of [...reasons, ...words]) expect(reason).toMatch(SENTENCE);
  });

  test("has a name that is no identifier", () => {
    expect(type.name).toMatch(/^[A-Za-z]/);
    expect(type.name).not.toContain("_");
  });

  test("is held by the runs of another type only where that one has some, and runs the same code", () => {
    const { heldAgainst, forward } = type;
    if (isNone(heldAgainst) || !("as" in heldAgainst)) return;
    expect(heldAgainst.as).not.toBe(model_type);
    const other = BY_TYPE.get(heldAgainst.as);
    expect(other?.heldAgainst).toHaveProperty("runs");
    expect(other?.forward).toBe(forward);
  });
});

describe("families", () => {
  test("have every model type once", () => {
    const types = TYPES.map(([model_type]) => model_type);
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
  });

  test("are there for every model of the catalog", () => {
    const models = Object.values(FULL_CATALOG.models).map(({ architecture }) => architecture.model_type);
    expect(models.filter((model_type) => !BY_TYPE.has(model_type))).toEqual([]);
  });

  test("are modules of one folder, each of which is in the list", () => {
    const modules = readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => ({ name, text: readFileSync(`${FOLDER}/${name}`, "utf8") }));
    const families = modules.filter(({ text }) => /^export const \w+: Family = /m.test(text)).map(({ name }) => name);
    const list = modules.find(({ name }) => name === "all-families.ts")?.text ?? "";
    expect(families.filter((name) => !list.includes(`"./${name}"`))).toEqual([]);
    expect(families).toHaveLength(ALL_FAMILIES.length);
  });

  test("have presets of module names without repetition", () => {
    for (const { targets } of ALL_FAMILIES)
      for (const names of Object.values(targets)) expect(new Set(names)).toHaveLength(names?.length ?? 0);
  });
});

/** The kind of run that a row is of; null for kinds that families say nothing of. */
const runOf = ({ division, gpus, modelling }: Scenario): HeldRun | null => {
  if (division === undefined) return gpus === 1 && modelling === "transformers" ? "step" : null;
  if (division.ep_size !== undefined) return "expert parallel";
  if (division.tp_size > 1) return division.sequence_parallel ? "sequence parallel" : "tensor parallel";
  return (division.ulysses_size ?? 1) > 1 ? "Ulysses" : null;
};

type Held = readonly [model_type: string, run: HeldRun];

const heldRows = (): readonly Held[] =>
  readdirSync(GOLDEN)
    .filter((file) => file.endsWith(".jsonl") && !file.startsWith("litgpt"))
    .flatMap((file) => readReferenceRows(`${GOLDEN}/${file}`).memory)
    .flatMap((row): readonly Held[] => {
      const scenario = scenarioOf(row);
      const run = scenario === null ? null : runOf(scenario);
      return scenario === null || run === null ? [] : [[scenario.architecture.model_type, run]];
    });

const litgptRows = (): readonly Held[] =>
  readFileSync(`${GOLDEN}/litgpt-reference.jsonl`, "utf8")
    .split("\n")
    .flatMap((line): readonly Held[] => {
      const id = /"model": "([^"]*)"/.exec(line)?.[1];
      const type = id === undefined ? undefined : FULL_CATALOG.models[id]?.architecture.model_type;
      return type === undefined
        ? []
        : ["litgpt", "litgpt-0.4"].map((library) => [`${library}/${type}`, "LitGPT"] as const);
    });

test("what a type is held against is what rows there are of it", () => {
  const inRows = new Set([...heldRows(), ...litgptRows()].map((held) => held.join(": ")));
  const said = TYPES.flatMap(([model_type, { heldAgainst }]) =>
    !isNone(heldAgainst) && "runs" in heldAgainst ? heldAgainst.runs.map((run) => `${model_type}: ${run}`) : [],
  );
  expect(said.toSorted()).toEqual([...inRows].toSorted());
});
