import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { remoteCode } from "#calc/families/parts/facts/remote-code.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors/targets.ts";
import { minicpm as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** MiniCPM, the first. */
export const minicpm: Family = {
  model_types: {
    minicpm: {
      name: "Minicpm",
      forward,
      ...remoteCode("minicpm"),
      config: { fields: LLAMA_FIELDS, tied: true },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
