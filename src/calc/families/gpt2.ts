// GPT-2 and GPT-BigCode (SantaCoder, StarCoder 1): learned positions, dropout, fused queries, keys and values.

import { fastCrossEntropy } from "#calc/modules/fused-lora.ts";
import { causalShift } from "#calc/modules/causal-lm-loss.ts";
import { assert } from "#calc/base/guards.ts";
import { activation } from "#calc/modules/mlp.ts";
import { type Attended, cutIntoHeads } from "#calc/modules/heads.ts";
import { attention, causalMask } from "#calc/modules/attention.ts";
import { applyLinear, linear } from "#calc/modules/linear.ts";
import { type Loaded, tensorOf } from "#calc/modules/loaded-modules.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { sameTensor } from "#calc/tape/checkpoint.ts";
import { dropout } from "#calc/tape/ops/unary.ts";
import { embedding } from "#calc/tape/ops/indexing.ts";
import { split } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { embedTokens } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Layout, Family } from "./family.ts";
import {
  GPT_FIELDS,
  multiQuery,
  learnedPositions,
  NO_PLAN,
  EXPECTS_HEADS,
  NOT_HELD_BY_ULYSSES,
  NO_REFUSED,
  EXACT,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  uniformLayers,
  linears,
  layerNormTensors,
  widths,
  fusedTargets,
} from "#calc/families/parts/tensors.ts";

/** `attn_pdrop`, `resid_pdrop`, `embd_pdrop`: all the same by default, and left so by GPT-2's configs. */
const DROPOUT = 0.1;

/** An attention module of GPT-2's kind. */
type Attend = (layer: Loaded, mask: Tensor | null, x: Tensor) => Attended;

/** `GPT2Attention.forward`, `GPTBigCodeAttention.forward`. `keep` is called with the projected keys, which the cache of version 4 holds on to. */
const selfAttentionThat =
  (keep: (projected: Tensor) => void): Attend =>
  (layer, mask, x) =>
    call(
      "attn",
      (input): Attended => {
        const { hidden_size, head_dim, num_attention_heads, num_key_value_heads, model_type } = layer.architecture;
        assert(num_attention_heads * head_dim === hidden_size, "heads fill the width");
        const widths = [hidden_size, num_key_value_heads * head_dim, num_key_value_heads * head_dim];
        const shapes = widths.map((width) => withLast(input.shape, width));
        const parts = bindAll(split(linear(layer, "attn.c_attn", input), shapes));
        keep(parts[1] as Tensor);
        const [query, key, value] = cutIntoHeads(parts, head_dim);
        const how = { mask, dropout: DROPOUT, softmaxAsIs: model_type === "gpt2" };
        let [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, how));
        attn_output = rebind(attn_output, linear(layer, "attn.c_proj", attn_output));
        return [call("resid_dropout", (output) => dropout(output, DROPOUT), attn_output), attn_weights];
      },
      x,
    );

const selfAttention = selfAttentionThat(() => undefined);

/** `GPT2MLP.forward` */
const mlp = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "mlp",
    (input) => {
      let hidden_states = bind(linear(layer, "mlp.c_fc", input));
      hidden_states = rebind(hidden_states, call("act", activation(layer.architecture.hidden_act), hidden_states));
      hidden_states = rebind(hidden_states, linear(layer, "mlp.c_proj", hidden_states));
      return call("dropout", (output) => dropout(output, DROPOUT), hidden_states);
    },
    x,
  );

/** `GPT2Block.forward`, with the attention weights. */
export const gpt2Layer =
  (attend: Attend, feedForward: typeof mlp) =>
  (layer: Loaded, [mask]: readonly Tensor[], residual: Tensor): Attended => {
    const hidden_states = bind(layerNorm(layer, "ln_1", residual));
    const [attn_output, attn_weights] = bindAll(attend(layer, mask ?? null, hidden_states));
    const middle = rebind(hidden_states, add(attn_output, residual));
    const normed = bind(layerNorm(layer, "ln_2", middle));
    const feed_forward = bind(feedForward(layer, normed));
    return [add(middle, feed_forward), attn_weights];
  };

/** `hidden_states = self.drop(inputs_embeds + position_embeds)` */
export const withPositions =
  (probability: number): Required<Forward>["enter"] =>
  (model, inputs_embeds, position_ids) => {
    const wpe = tensorOf(model.embeddings, "wpe.weight");
    const position_embeds = bind(call("wpe", (ids) => embedding(ids, wpe), position_ids));
    return call("drop", (x) => dropout(x, probability), add(inputs_embeds, position_embeds));
  };

const layerWithWeights = gpt2Layer(selfAttention, mlp);

/** GPT-2: learned positions, dropout everywhere, one projection for q, k and v. @see transformers 5.24, modeling_gpt2.py */
export const gpt2Forward: Forward = {
  buffers: () => [],
  embed: (model, input_ids) => embedTokens(model, input_ids, "wte"),
  enter: withPositions(DROPOUT),
  context: (model, inputs_embeds) => causalMask(model.options, inputs_embeds),
  layer: (...inputs) => layerWithWeights(...inputs)[0],
  finalNorm: (model, hidden_states) => layerNorm(model.final, "ln_f", hidden_states),
  logits: (model, hidden_states) => applyLinear(model.head, hidden_states),
};

/** GPT-BigCode (SantaCoder, StarCoder 1): one key head; a causal mask as a buffer that nothing reads. @see transformers 5.24, modeling_gpt_bigcode.py */
const gptBigCode: Forward = {
  ...gpt2Forward,
  buffers: ({ architecture: a }) => [{ elements: a.max_position_embeddings ** 2, dtype: "bool" }],
  keepsPositions: true,
};

/** Keeps the storage of a tensor until the model's forward ends, as autocast's casts are kept. */
const untilForwardEnds = (projected: Tensor): void => {
  const { tape, storage } = projected;
  const cast = sameTensor(projected);
  tape.autocast.casts[tape.autocast.casts.length - 1]?.set(storage, {
    cast,
    original: null,
    layer: tape.position.layer,
  });
};

const layerThatKeeps = gpt2Layer(selfAttentionThat(untilForwardEnds), mlp);

/**
 * GPT-BigCode up to version 4. `use_cache` stays on in training: each layer's keys and values live as long as the model's outputs do, and with them the whole
 * output of `c_attn`, of which they are views. The model computes its loss itself, without an upcast.
 *
 * @see transformers 4.48, modeling_gpt_bigcode.py, `GPTBigCodeModel.forward`, `presents`, `GPTBigCodeForCausalLM.forward`
 */
const olderGptBigCode: Pick<Forward, "layer" | "loss"> = {
  layer: (...inputs) => layerThatKeeps(...inputs)[0],
  loss: ({ loss }) =>
    causalShift({ upcast: false, fast: loss.kind === "inplace" ? fastCrossEntropy : null, outputsInFloat: true }),
};

/**
 * GPT-2, whose linears are `Conv1D` (weights stored transposed; quantised and adapted like linears), and GPT-BigCode (SantaCoder,
 * StarCoder 1), the same with one key-value head. `c_proj` exists twice, so the presets say which.
 * @see transformers 5.24, modeling_gpt2.py, modeling_gpt_bigcode.py
 */
const layout: Layout = (a) => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLmLayout(a, {
    embeddings: [
      embeddingTensors("wte", a.vocab_size, hidden),
      embeddingTensors("wpe", a.learned_positions ?? a.max_position_embeddings, hidden),
    ],
    layers: uniformLayers(a, [
      layerNormTensors("ln_1", hidden),
      ...linears("attn", {
        c_attn: [hidden, query + 2 * keyValue, true],
        c_proj: [query, hidden, true],
      }),
      layerNormTensors("ln_2", hidden),
      ...linears("mlp", { c_fc: [hidden, intermediate, true], c_proj: [intermediate, hidden, true] }),
    ]),
    final: [layerNormTensors("ln_f", hidden)],
  });
};

/** GPT-2, and GPT-BigCode (SantaCoder, StarCoder 1). */
export const gpt2: Family = {
  model_types: {
    gpt2: {
      name: "GPT-2",
      forward: gpt2Forward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: EXPECTS_HEADS,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
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
      ...TRANSFORMERS_ONLY,
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
