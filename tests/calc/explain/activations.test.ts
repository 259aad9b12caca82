import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import type { Scenario } from "#calc/model/scenario.ts";
import { scenario } from "../scenario.ts";

const said = (patch: Partial<Scenario>): string => ENGINE.approximations(scenario(patch)).join(" ");

const MATRICES = { tp_size: 2, sequence_parallel: false, cp_size: 1, pp_size: 1 } as const;
const STAGES = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 4 } as const;

describe("What is said of activations", () => {
  test("is nothing of layers checkpointed in part, which are held against torch's own contexts", () => {
    expect(said({ selective: "op" })).toBe("");
    expect(said({ selective: 3, gpus: 8, sharding: "fsdp2" })).toBe("");
    expect(said({ selective: "op", gpus: 2, division: MATRICES })).toBe("");
  });

  test.each<readonly [RegExp, Partial<Scenario>]>([
    [/torch has none by operation that are reentrant/, { selective: "op", modelling: "transformers-4.48" }],
    [/by operation, under what these GPUs do/, { selective: "op", gpus: 8, sharding: "fsdp1" }],
    [/by operation, under what these GPUs do/, { selective: "op", gpus: 2, division: { ...MATRICES, cp_size: 2 } }],
    [/in the stages of a pipeline/, { selective: 3, gpus: 4, division: STAGES }],
    [/not checked against a run/, { savedTensorsOffloaded: true, gpus: 4, division: STAGES }],
    [/up to five tensors/, { savedTensorsOffloaded: true }],
    [/not checked against a run/, { savedTensorsOffloaded: true, gpus: 8, sharding: "fsdp2" }],
    [/not checked against a run/, { savedTensorsOffloaded: true, loss: { kind: "inplace" } }],
  ])("%s", (words, patch) => expect(said(patch)).toMatch(words));
});
