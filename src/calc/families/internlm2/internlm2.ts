import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { remoteCode } from "#calc/families/parts/facts/remote-code.ts";
import { fusedTargets } from "#calc/families/parts/tensors/targets.ts";
import { internlm2 as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** InternLM2. */
export const internlm2: Family = {
  model_types: {
    internlm2: {
      name: "InternLM 2",
      forward,
      ...remoteCode("internlm2"),
      config: { fields: LLAMA_FIELDS, rule: (written) => (written("bias") === true ? { attention_bias: true } : {}) },
    },
  },
  layout,
  targets: fusedTargets({ qkv: "wqkv", output: "wo" }, ["w1", "w3", "w2"]),
  refused: NO_REFUSED,
};
