import { ENGINE } from "#calc/whole-engine.ts";
import { expect, test } from "vitest";
import { lastPart, modulesOf } from "#calc/families/model-layout.ts";
import { TARGET_PRESETS, type ModelLayout, type TargetPreset } from "#calc/model/layout.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { readRows } from "../../golden/read-rows.ts";
import { lora } from "../lora.ts";

type Shapes = readonly (readonly [number, number])[];
type Counted = Readonly<{
  id: string;
  params: number;
  linear_params: number;
  embedding_params: number;
  modules: Readonly<Record<string, readonly [count: number, shapes: Shapes]>>;
  targets: Readonly<Record<TargetPreset, readonly string[] | "all-linear" | null>>;
  lora_r16: Readonly<Record<TargetPreset, number | null>>;
}>;

const REFERENCE = readRows<Counted>("reference-counts.jsonl");
const MORE = readRows<Counted>("more-counts.jsonl");
const REMOTE = readRows<Readonly<{ id: string; params: number }>>("remote-code-counts.jsonl");

const architectureOf = (id: string): Architecture => {
  const row = FULL_CATALOG.models[id];
  if (!row) throw new Error(`the catalog has no model ${id}`);
  return row.architecture;
};

type Linears = Record<string, readonly [count: number, shapes: Shapes]>;

const linearModules = (layout: ModelLayout): Linears => {
  const found: Linears = {};
  for (const { module, count } of modulesOf(layout)) {
    if (module.kind !== "linear") continue;
    const name = lastPart(module.name);
    const [before, shapes] = found[name] ?? [0, []];
    const { in_features, out_features } = module;
    const isNew = !shapes.some(([input, output]) => input === in_features && output === out_features);
    found[name] = [before + count, isNew ? [...shapes, [in_features, out_features]] : shapes];
  }
  return found;
};

/** Shapes in a fixed order: modelling code may create the dense or the sparse layers first. */
const inOrder = (linears: Linears | Counted["modules"]): Linears =>
  Object.fromEntries(
    Object.entries(linears).map(([name, [count, shapes]]) => [
      name,
      [count, shapes.toSorted(([a, b], [c, d]) => a - c || b - d)],
    ]),
  );

const embeddingParameters = ({ embeddings: [first] }: ModelLayout): number =>
  first?.kind === "embedding" ? first.num_embeddings * first.embedding_dim : 0;

const byPreset = <Value>(valueOf: (preset: TargetPreset) => Value): Record<string, Value> =>
  Object.fromEntries(TARGET_PRESETS.map((preset) => [preset, valueOf(preset)]));

/** Everything that a golden row says, as we count it; a LoRA count that the row leaves open stays open. */
const countAgain = ({ id, lora_r16 }: Counted): unknown => {
  const architecture = architectureOf(id);
  const layout = ENGINE.layoutOf(architecture);
  const targets = byPreset((preset) => ENGINE.targetModules(architecture, preset));
  return {
    id,
    params: ENGINE.countParameters(architecture),
    linear_params: ENGINE.countLinearParameters(architecture),
    embedding_params: embeddingParameters(layout),
    modules: inOrder(linearModules(layout)),
    targets,
    lora_r16: byPreset((preset) => {
      const target_modules = targets[preset];
      if (!target_modules || lora_r16[preset] === null) return null;
      return ENGINE.countLoraParameters(architecture, lora({ target_modules }));
    }),
  };
};

test.each([...REFERENCE, ...MORE])(
  "$id has the parameters, linears, presets and LoRA parameters that transformers and PEFT count",
  (counted) => {
    expect(countAgain(counted)).toEqual({ ...counted, modules: inOrder(counted.modules) });
  },
);

test("a LoRA count is left open only where another golden row has it, or no preset is offered", () => {
  const more = new Map(MORE.map((row) => [row.id, row]));
  for (const { id, targets, lora_r16 } of REFERENCE)
    for (const preset of TARGET_PRESETS)
      if (targets[preset] !== null) expect(lora_r16[preset] ?? more.get(id)?.lora_r16[preset], id).toBeGreaterThan(0);
});

test("models of remote code have the parameters of their published weights", () => {
  const counts = REMOTE.map(({ id }) => ({ id, params: ENGINE.countParameters(architectureOf(id)) }));
  expect(counts).toEqual(REMOTE.map(({ id, params }) => ({ id, params })));
});

test("every model of the catalog is held against a count", () => {
  const counted = new Set([...REFERENCE, ...MORE, ...REMOTE].map(({ id }) => id));
  expect(Object.keys(FULL_CATALOG.models).filter((id) => !counted.has(id))).toEqual([]);
});
