import { expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { ledgerOf } from "../ledger-of.ts";
import { inWords } from "../on-paper.ts";
import { loraMethod, scenario } from "../scenario.ts";

const PHI = FULL_CATALOG.models["phi-1.5"]?.architecture ?? LLAMA_2_7B;

/** The trained copies that `modules_to_save` makes of the head. */
const copiesOf = (architecture: Architecture): readonly string[] => {
  const { log } = ledgerOf(
    scenario({
      architecture: { ...architecture, num_hidden_layers: 1 },
      method: loraMethod({ modules_to_save: ["lm_head"], adapters: "bf16" }),
    }),
  );
  const copies = log.filter(
    ({ module, op, at }, index) => /^lm_head.*copy/.test(module) && op === "parameter" && at === index,
  );
  return copies.map((storage) => `${storage.module}: ${inWords(storage)}`);
};

test("A saved head is copied to be trained, with its bias where it has one", () => {
  expect(copiesOf(LLAMA_2_7B)).toEqual(["lm_head.weight (trained copy): 32000×4096 bf16"]);
  expect(copiesOf(PHI)).toEqual([
    "lm_head.weight (trained copy): 51200×2048 bf16",
    "lm_head.bias (trained copy): 51200 bf16",
  ]);
});
