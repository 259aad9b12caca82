import { CUDA } from "#calc/base/machine.ts";
import { expect, test } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { runOnTape } from "#calc/step/trace.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { runOf } from "../run-of.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";

const isAlike = (asked: Scenario): boolean => {
  const options = stepOptionsOf(WORKINGS, asked, CUDA);
  return runOnTape(WORKINGS, options, runOf(options)).layers.alike;
};

const architectureOf = (id: string): Scenario["architecture"] => {
  const row = FULL_CATALOG.models[id];
  if (row === undefined) throw new Error(`the catalog has ${id}`);
  return row.architecture;
};

test("Every layer of a Llama returns a tensor like the one that it was handed", () => {
  expect(isAlike(scenario())).toBe(true);
  expect(isAlike(scenario({ method: loraMethod() }))).toBe(true);
});

test.each<readonly [what: string, of: Partial<Scenario>]>([
  [
    "the attention weights of BLOOM, which the loop holds beside it",
    { architecture: architectureOf("bloom-560m"), attn_implementation: "eager" },
  ],
  ["fp32 of Phi-3.5-MoE, which is handed 16 bit at first", { architecture: architectureOf("phi-3.5-moe") }],
  [
    "what needs a gradient, where the first layer is handed what needs none",
    { method: loraMethod(), gradient_checkpointing: false },
  ],
  [
    "no leaf, where autocast keeps its copy of the leaf that the first layer is handed",
    { architecture: architectureOf("exaone-4.0-1.2b"), method: loraMethod(), weights: "fp32" },
  ],
])("A layer returns %s", (_, of) => {
  expect(isAlike(scenario({ architecture: LLAMA_2_7B, ...of }))).toBe(false);
});
