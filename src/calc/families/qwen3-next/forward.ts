import { causalMask } from "#calc/modules/causal-mask.ts";
import { DELTA_CHUNK, gatedDeltaNet, gatedDeltaNetNext } from "#calc/modules/gated-delta-net.ts";
import { gemmaNorm } from "#calc/modules/gemma-norm.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryNeoX, multimodalTables } from "#calc/modules/rotary-kinds.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Attend } from "#calc/families/parts/forward/self-attention.ts";
import { selfAttention } from "#calc/families/parts/forward/self-attention.ts";
import { topKRouter } from "#calc/modules/router.ts";
import { sparseBlock } from "#calc/families/parts/forward/sparse-block.ts";

const isLinear = ({ linears }: Loaded): boolean => linears.has("linear_attn.out_proj");

const attend = selfAttention({ norm: gemmaNorm, rotary: applyRotaryNeoX, gated: true });

/** The gated delta net in a layer that has it, else gated attention. */
const mixer =
  (deltaNet: (layer: Loaded, x: Tensor) => Tensor): Attend =>
  (layer, context, x) =>
    isLinear(layer) ? [deltaNet(layer, x), null] : attend(layer, context, x);

const rotaryWidth = partOfHead(0.25);
const base = decoderModel({ norm: gemmaNorm, rotaryWidth });
const mlp = sparseBlock(topKRouter({ normalized: true, castBack: true }));

/** Qwen3-Next: three layers of gated delta net, then one of gated attention; experts in all. @see transformers 5.24, modeling_qwen3_next.py */
export const qwen3_next: Forward = {
  ...base,
  balancesExperts: true,
  chunkSize: DELTA_CHUNK,
  choose: (layer, context) => (isLinear(layer) ? context.slice(0, 2) : context),
  layer: preNormLayer({ norm: gemmaNorm, mlp, attend: mixer(gatedDeltaNetNext) }),
};

/** Qwen 3.5 (text decoder), with experts: other projections, rotary tables for time, height and width. @see transformers 5.24, modeling_qwen3_5_moe.py */
export const qwen3_5_moe: Forward = {
  ...qwen3_next,
  context: (model, inputs_embeds, position_ids) => {
    const mask = causalMask(model.options, inputs_embeds).map(bind);
    const width = rotaryWidth(model.options.architecture);
    return [...multimodalTables({ width, dtype: inputs_embeds.dtype }, position_ids), ...mask];
  },
  layer: preNormLayer({ norm: gemmaNorm, mlp, attend: mixer(gatedDeltaNet) }),
};

/** The same, dense. @see transformers 5.24, modeling_qwen3_5.py */
export const qwen3_5: Forward = {
  ...qwen3_5_moe,
  layer: preNormLayer({ norm: gemmaNorm, mlp: gatedMlp, attend: mixer(gatedDeltaNet) }),
};
