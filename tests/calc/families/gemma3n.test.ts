import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { scenario } from "../scenario.ts";
import { ledgerOf } from "../ledger-of.ts";

/** @see transformers 5.24, modeling_gemma3n.py: `corrected_predictions[1:] += first_prediction` */
test("Gemma 3n adds one stream to the last three of four: backward copies the gradient of all, that of the three, and sums it", () => {
  const whole = FULL_CATALOG.models["gemma-3n-e2b"]?.architecture;
  if (whole === undefined) throw new Error("the catalog has Gemma 3n");
  const { log } = ledgerOf(scenario({ architecture: { ...whole, num_hidden_layers: 2, num_kv_shared_layers: 0 } }));
  const copied = log.filter(({ op, at }, index) => op === "CopySlices backward" && at === index);
  expect(new Set(copied.map(({ shape }) => shape.dims.join("×")))).toEqual(
    new Set(["4×b×s×2048", "3×b×s×2048", "b×s×2048"]),
  );
});
