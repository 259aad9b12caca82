import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { remoteCode } from "#calc/families/parts/facts/remote-code.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { deepseekMoe as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** DeepSeekMoE, the first generation. */
export const deepseekMoe: Family = {
  model_types: {
    deepseek: {
      name: "Deepseek",
      forward,
      ...remoteCode("deepseek"),
      config: { fields: LLAMA_FIELDS },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
