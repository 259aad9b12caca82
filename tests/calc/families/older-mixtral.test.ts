import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ModellingId } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { scenario } from "../scenario.ts";

const mixtral = FULL_CATALOG.models["mixtral-8x7b"]?.architecture;
if (mixtral === undefined) throw new Error("mixtral-8x7b is not in the catalog");
const older = ENGINE.modelled(mixtral, "transformers-4.48");

describe("Mixtral up to transformers 4, whose experts are linears one by one", () => {
  test("has the parameters that version 5 fuses", () => {
    expect(older.model_type).toBe("transformers-4.48/mixtral");
    expect(ENGINE.countParameters(older)).toBe(ENGINE.countParameters(mixtral));
  });

  test("runs each expert on the rows that chose it: as many in all as in version 5, in more tensors", () => {
    const small = { num_hidden_layers: 2, vocab_size: 128 };
    const activationsOf = (asked: Architecture, modelling: ModellingId): number => {
      const moments = ENGINE.simulate(
        scenario({ architecture: { ...asked, ...small }, modelling, gradient_checkpointing: false }),
      );
      return moments.find(({ id }) => id === "forward")?.terms.activations ?? 0;
    };
    expect(activationsOf(older, "transformers-4.48") / activationsOf(mixtral, "transformers")).toBeCloseTo(1, 0);
  });

  test("adapts them by their own names", () => {
    expect(ENGINE.targetModules(older, "attention-mlp")).toEqual([
      "q_proj",
      "k_proj",
      "v_proj",
      "o_proj",
      "w1",
      "w2",
      "w3",
    ]);
  });
});
