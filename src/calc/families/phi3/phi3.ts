import type { Family } from "#calc/families/family.ts";
import { LLAMA_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { fusedTargets } from "#calc/families/parts/tensors/targets.ts";
import { phi3 as forward } from "./forward.ts";
import { layout } from "./tensors.ts";

/** Phi-3 and 4. */
export const phi3: Family = {
  model_types: {
    phi3: {
      name: "Phi 3",
      forward,
      tensorParallel: {
        cuts: [],
        gathers: ["self_attn.qkv_proj", "mlp.gate_up_proj"],
        splits: ["self_attn.o_proj", "mlp.down_proj"],
      },
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: LLAMA_FIELDS },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: fusedTargets({ qkv: "qkv_proj", output: "o_proj" }, ["gate_up_proj", "down_proj"]),
  refused: NO_REFUSED,
};
