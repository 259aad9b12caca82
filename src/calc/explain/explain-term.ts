import type { OnCard } from "#calc/model/memory-estimate.ts";
import type { AllocatedTermId, TermId } from "#calc/model/term.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Explanation } from "./explanation.ts";
import { explainLoss } from "./losses.ts";
import { OPTIMIZER_EXPLANATIONS } from "./optimizers.ts";

const WEIGHTS: Readonly<Record<Scenario["method"]["kind"], Explanation>> = {
  full: {
    note: "All parameters of the model, tied ones once. Held throughout the step.",
    source: { label: "the model's config.json and modelling code", url: "https://github.com/huggingface/transformers" },
  },
  lora: {
    note: "The frozen base model as loaded, tied parameters once. Held throughout the step.",
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

const ADAPTERS: Explanation = {
  note: "LoRA's A and B of every targeted module, DoRA's magnitudes, whole copies of modules_to_save.",
  source: { label: "peft/tuners/lora/layer.py, LoraLayer.update_layer", url: "https://github.com/huggingface/peft" },
};

const GRADIENTS: Explanation = {
  note: "One for each trained parameter, from its layer's backward to zero_grad; at the peak only those that exist by then.",
  source: {
    label: "torch/csrc/autograd/functions/accumulate_grad.h",
    url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/csrc/autograd/functions/accumulate_grad.h",
  },
};

const ACTIVATIONS: Readonly<Record<"checkpointed" | "whole", Explanation>> = {
  checkpointed: {
    note: "With checkpointing each layer keeps its input; one layer at a time is recomputed for its backward.",
    source: {
      label: "Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost; torch/utils/checkpoint.py",
      url: "https://arxiv.org/abs/1604.06174",
    },
  },
  whole: {
    note: "What autograd saves in every layer until its backward, and the tensors of the layer that is running.",
    source: {
      label: "transformers/models/llama/modeling_llama.py",
      url: "https://github.com/huggingface/transformers",
    },
  },
};

const WORKSPACE: Explanation = {
  note: "Scratch memory: for matrix products, one layer's dequantised or cast weights, gathered parameters and the optimizer step.",
  source: { label: "aten/src/ATen/cuda/CublasHandlePool.cpp", url: "https://github.com/pytorch/pytorch" },
};

const FRAMEWORK: Readonly<Record<OnCard["basis"], Explanation>> = {
  replay: {
    note: "What must be on the card beside PyTorch's tensors: the gaps that its allocator leaves between them, by a replay of this run, and the CUDA context; with more than one GPU NCCL's buffers.",
    source: {
      label: "c10/cuda/CUDACachingAllocator.cpp, malloc and release_cached_blocks",
      url: "https://github.com/pytorch/pytorch/blob/001074d2/c10/cuda/CUDACachingAllocator.cpp",
    },
  },
  rule: {
    note: "What must be on the card beside PyTorch's tensors: the gaps of its allocator, by a rule 2 % of the tensors, and the CUDA context; with more than one GPU NCCL's buffers.",
    source: { label: "measured pairs of allocated, reserved and nvidia-smi figures", url: null },
  },
};

const FLAT: Explanation = {
  note: "A flat number of bytes for each parameter. No activations, no logits, no workspace: a rule of thumb, as articles count.",
  source: {
    label: "Rule of thumb: 2 B weights + 2 B gradients + 8 B AdamW states for each trained parameter",
    url: null,
  },
};

const EXPLAIN: Readonly<Record<AllocatedTermId, (scenario: Scenario) => Explanation>> = {
  weights: ({ method }) => WEIGHTS[method.kind],
  adapters: () => ADAPTERS,
  gradients: () => GRADIENTS,
  optimizer: ({ optim }) => OPTIMIZER_EXPLANATIONS[optim],
  activations: ({ gradient_checkpointing }) => ACTIVATIONS[gradient_checkpointing ? "checkpointed" : "whole"],
  logits: ({ loss, division }) => explainLoss(loss, division?.loss_parallel),
  workspace: () => WORKSPACE,
};

/**
 * What the page says of one term of a scenario's total, and where the rule comes from. Words only: kept apart from the numbers, which are
 * needed first.
 *
 * @param basis how the estimate came to what is needed, which the term `framework` depends on
 */
export const explainTerm = (scenario: Scenario, id: TermId, basis: OnCard["basis"]): Explanation => {
  if (id === "framework") return FRAMEWORK[basis];
  return scenario.accounting === "bytes-per-parameter" ? FLAT : EXPLAIN[id](scenario);
};
