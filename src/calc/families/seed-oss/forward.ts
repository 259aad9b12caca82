import { llama } from "#calc/families/llama/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** The dropout of Seed-OSS, on attention weights and on both branches. */
const SEED_OSS_DROPOUT = 0.1;
const seedOssBranch = (x: Tensor): Tensor => dropout(x, SEED_OSS_DROPOUT);

/** Seed-OSS: dropout inside attention and MLP. */
export const seed_oss: Forward = {
  ...llama,
  layer: preNormLayer({
    norm: rmsNorm,
    mlp: (loaded, name, x) => call(name, (input) => seedOssBranch(bind(gatedMlp(loaded, name, input))), x),
    rotary: applyRotary,
    dropout: SEED_OSS_DROPOUT,
    after: seedOssBranch,
  }),
};
