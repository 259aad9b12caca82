import { describe, expect, test } from "vitest";
import { countParameters } from "#calc/parameters/count-parameters.ts";
import { modelled } from "#calc/families/modelled.ts";
import { targetModules } from "#calc/families/target-modules.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const mixtral = FULL_CATALOG.models["mixtral-8x7b"]?.architecture;
if (mixtral === undefined) throw new Error("mixtral-8x7b is not in the catalog");
const older = modelled(mixtral, "transformers-4.48");

describe("Mixtral up to transformers 4, whose experts are linears one by one", () => {
  test("has the parameters that version 5 fuses", () => {
    expect(older.model_type).toBe("transformers-4.48/mixtral");
    expect(countParameters(older)).toBe(countParameters(mixtral));
  });

  test("adapts them by their own names", () => {
    expect(targetModules(older, "attention-mlp")).toEqual(["q_proj", "k_proj", "v_proj", "o_proj", "w1", "w2", "w3"]);
  });
});
