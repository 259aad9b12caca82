import type { Family } from "#calc/families/family.ts";
import { NO_REFUSED } from "#calc/families/parts/facts/reasons.ts";
import { remoteCode } from "#calc/families/parts/facts/remote-code.ts";
import { fusedTargets } from "#calc/families/parts/tensors/targets.ts";
import { qwen as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** The first Qwen. */
export const qwen: Family = {
  model_types: {
    qwen: {
      name: "Qwen",
      forward,
      ...remoteCode("qwen"),
      config: {
        none: "Nobody wrote down what its code settles: a config.json of it is read as that of an unknown family.",
      },
    },
  },
  layout,
  targets: fusedTargets({ qkv: "c_attn", output: "attn.c_proj" }, ["w1", "w2", "mlp.c_proj"]),
  refused: NO_REFUSED,
};
