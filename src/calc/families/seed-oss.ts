// Seed-OSS: Llama's modules with biases, and dropout inside attention and MLP.

import { llamaForward, llamaShape } from "./llama.ts";
import { preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { dropout } from "#calc/tape/ops/unary.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/** The dropout of Seed-OSS, on attention weights and on both branches. */
const SEED_OSS_DROPOUT = 0.1;
const seedOssBranch = (x: Tensor): Tensor => dropout(x, SEED_OSS_DROPOUT);

/** Seed-OSS: dropout inside attention and MLP. */
const seed_oss: Forward = {
  ...llamaForward,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: (loaded, name, x) => call(name, (input) => seedOssBranch(bind(gatedMlp(loaded, name, input))), x),
    rotary: applyRotary,
    dropout: SEED_OSS_DROPOUT,
    after: seedOssBranch,
  }),
};

/** Llama's modules with biases on queries, keys and values. @see transformers 5.24, modeling_seed_oss.py */
const layout: Layout = llamaShape({ qkv_bias: true });

/** Seed-OSS. */
export const seedOss: Family = {
  model_types: {
    seed_oss: {
      name: "Seed oss",
      forward: seed_oss,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...LLAMA_FIELDS, qkv_bias: true }, biasOfQkv: true },
      heldAgainst: { runs: ["step", "tensor parallel", "sequence parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};
