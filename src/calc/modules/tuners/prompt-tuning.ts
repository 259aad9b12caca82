// Prompt tuning: virtual tokens whose embeddings are trained.

import { baseLinear } from "#calc/modules/linear.ts";
import { type Tuner, type Adapter, adapterTensorOf } from "#calc/modules/loaded-modules.ts";
import { to, cat } from "#calc/tape/ops/views.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { embedding } from "#calc/tape/ops/indexing.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Model } from "#calc/modules/forward.ts";
import type { Labelled } from "#calc/modules/objectives/objective.ts";

/** The name of the prompt's table. */
const PROMPT = "embedding.weight";

/**
 * Prompt tuning: virtual tokens before those of each row, whose embeddings are all that is trained: `num_virtual_tokens` (here the rank) × hidden size. Every
 * layer is as it was, and longer by as many positions; gradients go back through all of them.
 *
 * @see peft 0.21, tuners/prompt_tuning/model.py, `PromptEmbedding`; peft_model.py, `PeftModelForCausalLM.forward`; Lester et al. 2021, "The Power of
 * Scale for Parameter-Efficient Prompt Tuning"
 */
export const promptTuning: Tuner = {
  id: "prompt_tuning",
  tensors: ({ kind, out_features }, { r }) =>
    kind === "embedding" ? [{ name: PROMPT, shape: [r, out_features] }] : [],
  forward: (module, _, x) => baseLinear(module, x),
  divides: null,
  bases: ["bnb-4bit", "bnb-8bit", "gptq"],
  inLibraries: false,
};

/** What the model is called with, and the labels beside it. */
type Prompted = Readonly<{ inputs_embeds: Tensor; labels: Tensor }>;

/** The prompt of a model; null where it has none. */
export const promptOf = ({ embeddings, options: { method } }: Model): Adapter | null => {
  const [adapter = null] = embeddings.parameterAdapters.values();
  return method.kind === "full" || adapter?.tuner.id !== "prompt_tuning" ? null : adapter;
};

/** `get_prompt`: the embeddings of all virtual tokens, once for each row. Their ids are made on the host, and copied for each batch. */
const promptsOf = (prompt: Adapter, { input_ids }: Labelled): Tensor =>
  scoped(input_ids.tape, () => {
    const weight = adapterTensorOf(prompt, PROMPT);
    const [tokens = 1] = weight.shape.dims;
    const ids = bind(withoutGraph({ name: "to", shape: shapeOf("b", tokens), dtype: "int64" }, input_ids));
    return embedding(ids, weight);
  });

/**
 * `PeftModelForCausalLM.forward` up to the call of the model: the prompt before the embedded tokens, labels that do not count before the batch's. All that
 * has a name there lives until the model has its loss.
 */
export const promptedInputs = (prompt: Adapter, batch: Labelled, embed: (input_ids: Tensor) => Tensor): Prompted => {
  const { input_ids } = batch;
  let inputs_embeds = bind(embed(input_ids));
  const width = inputs_embeds.shape.dims.at(-1) ?? 1;
  const [tokens = 1] = adapterTensorOf(prompt, PROMPT).shape.dims;
  const prefix_labels = bind(withoutGraph({ name: "full", shape: shapeOf("b", tokens), dtype: "int64" }, input_ids));
  const labels = bind(
    withoutGraph({ name: "cat", shape: shapeOf("b", "s"), dtype: "int64" }, prefix_labels, batch.labels),
  );
  let prompts = bind(promptsOf(prompt, batch));
  prompts = rebind(prompts, to(prompts, inputs_embeds.dtype));
  inputs_embeds = rebind(inputs_embeds, cat(prompts, inputs_embeds, shapeOf("b", "s", width)));
  return { inputs_embeds, labels };
};
