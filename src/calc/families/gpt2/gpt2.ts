import type { Family } from "#calc/families/family.ts";
import { GPT_FIELDS } from "#calc/families/parts/facts/config-fields.ts";
import { multiQuery, learnedPositions } from "#calc/families/parts/facts/config-rules.ts";
import { NO_PLAN, HEADS_BACK, NOT_HELD_BY_ULYSSES, NO_REFUSED, EXACT } from "#calc/families/parts/facts/reasons.ts";
import { TRANSFORMERS_ALONE } from "#calc/families/parts/facts/transformers-alone.ts";
import { fusedTargets } from "#calc/families/parts/tensors/targets.ts";
import { gpt2 as forward, gptBigCode, olderGptBigCode } from "./forward.ts";
import { layout } from "./tensors.ts";

/** GPT-2, and GPT-BigCode (SantaCoder, StarCoder 1). */
export const gpt2: Family = {
  model_types: {
    gpt2: {
      name: "GPT-2",
      forward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: HEADS_BACK,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      config: { fields: GPT_FIELDS, tied: true, fourfoldMlp: true, rule: learnedPositions(0) },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
    gpt_bigcode: {
      name: "Gpt bigcode",
      forward: gptBigCode,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: true,
      ...TRANSFORMERS_ALONE,
      transformers4: { own: olderGptBigCode },
      config: {
        fields: { ...GPT_FIELDS, hidden_act: "gelu_pytorch_tanh" },
        tied: true,
        fourfoldMlp: true,
        rule: (written, counts) => ({ num_key_value_heads: multiQuery(written, counts) }),
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: fusedTargets({ qkv: "c_attn", output: "attn.c_proj" }, ["c_fc", "mlp.c_proj"]),
  refused: NO_REFUSED,
};
