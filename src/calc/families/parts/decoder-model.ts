import type { StepOptions } from "#calc/model/step-options.ts";
import { windowMask } from "#calc/modules/attention.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { rotaryTables } from "#calc/modules/rotary.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { embedding } from "#calc/tape/ops/indexing.ts";
import { bind, call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Buffer, Forward, Model } from "#calc/modules/forward.ts";
import type { ModuleOf } from "./attention.ts";

/** `self.embed_tokens(input_ids)` */
export const embedTokens = (model: Model, input_ids: Tensor, name = "embed_tokens"): Tensor =>
  call(name, (ids) => embedding(ids, tensorOf(model.embeddings, `${name}.weight`)), input_ids);

/**
 * Inverse frequencies of a rotary embedding, and their copy `original_inv_freq`. In version 4 of transformers, on which trainers before TRL 1 stand, that is the same
 * tensor.
 */
export const frequencies = (width: number, { trainer }: Pick<StepOptions, "trainer"> = {}): readonly Buffer[] => {
  const inv_freq = { elements: width / 2, dtype: "fp32" } as const;
  return trainer === undefined ? [inv_freq, inv_freq] : [inv_freq];
};

/** How the model around the layers differs from Llama's. By default the whole width of a head is rotated. */
export type DecoderModel = Readonly<{
  norm: ModuleOf;
  rotaryWidth?: (a: Architecture) => number;
  finalNorm?: string;
  /** Rotary tables stay in fp32, whatever the hidden states are (OLMo, ERNIE). */
  tables?: "fp32";
  /** Makes the rotary tables; by default as Llama does. */
  makeTables?: typeof rotaryTables;
}>;

/** The rotated width, `int(head_dim * partial_rotary_factor)`. `fraction`: the family's factor, where the config has none. */
export const partOfHead =
  (fraction: number) =>
  (a: Architecture): number =>
    Math.floor(a.head_dim * (a.partial_rotary_factor ?? fraction));

/** `LlamaModel` and `LlamaForCausalLM` around the layers; a model whose config names a window has it in all of them, as `MistralModel` does. */
export const decoderModel = ({
  norm,
  rotaryWidth = (a) => a.head_dim,
  finalNorm = "norm",
  tables,
  makeTables = rotaryTables,
}: DecoderModel): Omit<Forward, "layer"> => ({
  buffers: (options) => frequencies(rotaryWidth(options.architecture), options),
  embed: (model, input_ids) => embedTokens(model, input_ids),
  context: (model, inputs_embeds, position_ids) => {
    const mask = windowMask(model.options, inputs_embeds).map(bind);
    const width = rotaryWidth(model.options.architecture);
    return [...makeTables({ width, dtype: tables ?? inputs_embeds.dtype }, position_ids), ...mask];
  },
  finalNorm: (model, hidden_states) => norm(model.final, finalNorm, hidden_states),
  logits: (model, hidden_states) => applyLinear(model.head, hidden_states),
});
