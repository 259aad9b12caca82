import type { LossMemory } from "#calc/loss/loss-memory.ts";
import type { Optimizer } from "#calc/optimizers/optimizer.ts";
import type { Term } from "#calc/memory-estimate.ts";
import type { Scenario } from "#calc/scenario.ts";
import type { PartId } from "./parts.ts";

/** What the page says of one part. */
export type TermNote = Pick<Term, "note" | "source">;

const WEIGHTS: Readonly<Record<Scenario["method"]["kind"], TermNote>> = {
  full: {
    note: "All parameters of the model, tied ones once. There from the beginning to the end.",
    source: { label: "the model's config.json and modelling code", url: "https://github.com/huggingface/transformers" },
  },
  lora: {
    note: "The frozen base model as loaded, tied parameters once. There from the beginning to the end.",
    source: { label: "the model's config.json and modelling code", url: "https://github.com/huggingface/transformers" },
  },
  qlora: {
    note: "Linear layers quantised; embeddings, head, norms and biases as loaded or as k-bit preparation leaves them.",
    source: {
      label: "bitsandbytes/functional.py, quantize_4bit; Dettmers et al. 2023, QLoRA, section 3",
      url: "https://arxiv.org/abs/2305.14314",
    },
  },
};

const ADAPTERS: TermNote = {
  note: "LoRA's A and B of every targeted module, DoRA's magnitudes, whole copies of modules_to_save.",
  source: { label: "peft/tuners/lora/layer.py, LoraLayer.update_layer", url: "https://github.com/huggingface/peft" },
};

const GRADIENTS: TermNote = {
  note: "One for each trained parameter, from its layer's backward to zero_grad; at the peak only those that exist by then.",
  source: {
    label: "torch/csrc/autograd/functions/accumulate_grad.h",
    url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/csrc/autograd/functions/accumulate_grad.h",
  },
};

const ACTIVATIONS: Readonly<Record<"checkpointed" | "whole", TermNote>> = {
  checkpointed: {
    note: "With checkpointing each layer keeps its input; one layer at a time is run again for its backward. The working set of that layer is an estimate.",
    source: {
      label: "Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost; torch/utils/checkpoint.py",
      url: "https://arxiv.org/abs/1604.06174",
    },
  },
  whole: {
    note: "What autograd saves in every layer until its backward. A closed form for dense layers, an estimate for experts, state spaces and latent attention.",
    source: {
      label: "transformers/models/llama/modeling_llama.py",
      url: "https://github.com/huggingface/transformers",
    },
  },
};

const WORKSPACE: TermNote = {
  note: "Scratch memory: of matrix products, of one layer's dequantised or cast weights, of gathered parameters, of the optimizer's step.",
  source: { label: "aten/src/ATen/cuda/CublasHandlePool.cpp", url: "https://github.com/pytorch/pytorch" },
};

/** What the page says of each part of a training step, and where the rule comes from. */
export const termNotes = (
  scenario: Scenario,
  optimizer: Optimizer,
  loss: LossMemory,
): Readonly<Record<PartId, TermNote>> => ({
  weights: WEIGHTS[scenario.method.kind],
  adapters: ADAPTERS,
  gradients: GRADIENTS,
  optimizer: { note: optimizer.note, source: optimizer.source },
  activations: ACTIVATIONS[scenario.gradient_checkpointing ? "checkpointed" : "whole"],
  logits: { note: loss.note, source: loss.source },
  workspace: WORKSPACE,
});
