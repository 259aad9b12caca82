import { fastCrossEntropy } from "#calc/modules/fused-kernels.ts";
import { causalShift } from "#calc/modules/older-losses.ts";
import { assert } from "#calc/base/assert.ts";
import { activation } from "#calc/modules/activations.ts";
import type { Attended } from "#calc/modules/heads.ts";
import { attention } from "#calc/modules/attention.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { cutIntoHeads } from "#calc/modules/in-heads.ts";
import { applyLinear, linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { sameTensor } from "#calc/tape/checkpoint.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { embedding } from "#calc/tape/ops/embedding.ts";
import { split } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { embedTokens } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";

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
export const gpt2: Forward = {
  buffers: () => [],
  embed: (model, input_ids) => embedTokens(model, input_ids, "wte"),
  enter: withPositions(DROPOUT),
  context: (model, inputs_embeds) => causalMask(model.options, inputs_embeds),
  layer: (...inputs) => layerWithWeights(...inputs)[0],
  finalNorm: (model, hidden_states) => layerNorm(model.final, "ln_f", hidden_states),
  logits: (model, hidden_states) => applyLinear(model.head, hidden_states),
};

/** GPT-BigCode (SantaCoder, StarCoder 1): one key head; a causal mask as a buffer that nothing reads. @see transformers 5.24, modeling_gpt_bigcode.py */
export const gptBigCode: Forward = {
  ...gpt2,
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
export const olderGptBigCode: Pick<Forward, "layer" | "loss"> = {
  layer: (...inputs) => layerThatKeeps(...inputs)[0],
  loss: ({ loss }) =>
    causalShift({ upcast: false, fast: loss.kind === "inplace" ? fastCrossEntropy : null, outputsInFloat: true }),
};
