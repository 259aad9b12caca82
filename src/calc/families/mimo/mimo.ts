import type { Family } from "#calc/families/family.ts";
import { llama as forward } from "#calc/families/llama/forward.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { remoteCode } from "#calc/families/parts/facts/remote-code.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { layout } from "./tensors.ts";

/** MiMo, whose layers run as Llama's. */
export const mimo: Family = {
  model_types: {
    mimo: {
      name: "Mimo",
      forward,
      ...remoteCode("mimo"),
      config: { fields: { ...LLAMA_FIELDS, qkv_bias: true }, biasOfQkv: true },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
