import type { Family } from "#calc/families/family.ts";
import { GPT_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { remoteCode } from "#calc/families/parts/facts/remote-code.ts";
import { fusedTargets } from "#calc/families/parts/tensors/targets.ts";
import { phi3small as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Phi-3-small. */
export const phi3small: Family = {
  model_types: {
    phi3small: {
      name: "Phi 3small",
      forward,
      ...remoteCode("phi3small"),
      config: { fields: { ...GPT_FIELDS, hidden_act: "gegelu", mlp_type: "gated" }, tied: true },
    },
  },
  layout,
  targets: fusedTargets({ qkv: "query_key_value", output: "dense" }, ["up_proj", "down_proj"]),
  refused: NO_REFUSED,
};
