import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { bareFiles } from "#interop/export/export-files.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import { importFiles } from "#interop/import/import-files.ts";
import { generatedRows } from "#scenario/choices/objective-settings.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { changedChoices } from "./changed-choices.ts";
import { comesBack } from "./round-trip.ts";

const TOOLS = ["trl", "trl-yaml"] as const;

describe.each(TOOLS)("DPO of %s", (tool) => {
  comesBack(tool, { all: { objective: "dpo", stack: "trl" } });
});

describe.each(TOOLS)("DPO against numbers that were made before, of %s", (tool) => {
  comesBack(tool, { all: { objective: "dpo", ref: "precomputed" } });
});

describe("DPO against a copy beside adapters", () => {
  comesBack("trl", { all: { objective: "dpo", ref: "copy", method: "lora" } });
});

describe.each(["full", "lora", "qlora"] as const)("DPO against a copy in 4 bits, with %s", (method) => {
  comesBack("trl", { all: { objective: "dpo", ref: "copy-4bit", method, quant: "nf4" } });
});

test.each(["full", "lora"] as const)("what packs the reference alone packs no policy trained with %s", (method) => {
  for (const dq of [true, false])
    expect(back("trl", { objective: "dpo", ref: "copy-4bit", method, dq })).toMatchObject({
      ref: "copy-4bit",
      method,
      dq,
    });
});

describe.each(TOOLS)("KTO of %s", (tool) => {
  comesBack(tool, { all: { objective: "kto" } });
});

describe.each(TOOLS)("KTO without other completions, against numbers that were made before, of %s", (tool) => {
  comesBack(tool, { all: { objective: "kto", kl: false, ref: "precomputed" } });
});

describe.each(["orpo", "cpo", "simpo"] as const)("%s of a script", (objective) => {
  comesBack("trl", { all: { objective } });
});

describe.each(TOOLS)("GRPO of %s", (tool) => {
  comesBack(tool, {
    all: { objective: "grpo", prompt: 512, seq: 2048, beta: 0.04 },
    // Files do not say how long prompts are.
    aside: /prompts of 512 tokens/,
    unread: /reward_funcs/,
  });
});

const back = (tool: ExportTool, patch: Partial<Choices>): Choices | undefined => {
  const sent = changedChoices(patch);
  const imported = importFiles(bareFiles(tool, sent, FULL_CATALOG).files, { catalog: FULL_CATALOG, base: sent });
  return imported.kind === "imported" ? imported.choices : undefined;
};

test.each(TOOLS)("how completions are generated comes back, of %s", (tool) => {
  const generation = { batch: 8, accum: 4, gensteps: 2, generations: 4 };
  expect(back(tool, { objective: "grpo", prompt: 512, ...generation })).toMatchObject(generation);
});

test.each(TOOLS)("one completion in all is written as two steps, as it is counted, of %s", (tool) => {
  const one = { objective: "grpo", prompt: 512, batch: 1, accum: 2, gensteps: 1 } as const;
  expect(generatedRows(changedChoices(one))).toBe(2);
  expect(back(tool, one)).toMatchObject({ generations: 2, gensteps: 2 });
});

test("a trainer that has no reference comes back without one", () => {
  expect(back("trl", { objective: "grpo", prompt: 512 })).toMatchObject({ objective: "grpo", beta: 0, ref: null });
  expect(back("trl", { objective: "orpo" })).toMatchObject({ objective: "orpo", ref: null });
});

describe.each([
  ["the model itself", { teacher: null, teacherdtype: "fp32" }],
  ["another model", { teacher: "qwen2.5-1.5b", teacherdtype: "bf16" }],
] as const)("distillation from %s", (_, taught) => {
  comesBack("trl", {
    all: { objective: "distill", model: { kind: "catalog", id: "qwen2.5-0.5b" }, ...taught },
  });
});
