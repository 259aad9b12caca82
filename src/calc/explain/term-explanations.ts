// Explanations of each term of an estimate and of each optimizer and loss, with sources.

import type { LossPath, OptimizerId, Scenario } from "#calc/model/scenario.ts";
import type { OnCard } from "#calc/model/memory-estimate.ts";
import type { AllocatedTermId, TermId } from "#calc/model/terms.ts";

const FULL: Explanation = {
  note: "Logits of every token over the whole vocabulary: in forward with their fp32 copy and log-softmax, in backward the log-probabilities and two gradients.",
  source: {
    label: "transformers/loss/loss_utils.py, ForCausalLMLoss",
    url: "https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/loss/loss_utils.py",
  },
};

const OWN: Explanation = {
  note: "Logits of every token over the whole vocabulary in their own type, the log-probabilities beside them, in backward two gradients.",
  source: {
    label: "torch/nn/functional.py, cross_entropy",
    url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/nn/functional.py",
  },
};

const DIVIDED: Explanation = {
  note: "Logits of every token over a rank’s share of the vocabulary: in forward with their fp32 copy, the shifted one and the log-probabilities, in backward four such tensors.",
  source: {
    label: "torch/distributed/tensor/parallel/loss.py, loss_parallel",
    url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/distributed/tensor/parallel/loss.py",
  },
};

const IN_PLACE: Explanation = {
  note: "Logits of every token over the whole vocabulary; the kernel writes their gradient over them.",
  source: {
    label: "liger_kernel/ops/cross_entropy.py, cross_entropy_forward",
    url: "https://github.com/linkedin/Liger-Kernel/blob/v0.6.0/src/liger_kernel/ops/cross_entropy.py",
  },
};

const CHUNKED: Explanation = {
  note: "Logits of one chunk of tokens at a time, with their copies; the full logits never exist.",
  source: {
    label: "torchtune/modules/loss/cross_entropy_loss.py, LinearCrossEntropyLoss",
    url: "https://github.com/pytorch/torchtune/blob/v0.6.1/torchtune/modules/loss/cross_entropy_loss.py",
  },
};

const UNSLOTH: Explanation = {
  note: "Logits of one chunk of tokens at a time, with their copies: fp32 logits of a chunk take at most half of the memory that is free, and at most 4 GiB.",
  source: {
    label: "unsloth_zoo/fused_losses/cross_entropy_loss.py, get_chunk_size",
    url: "https://github.com/unslothai/unsloth-zoo/blob/ce232d6c/unsloth_zoo/fused_losses/cross_entropy_loss.py",
  },
};

const KEPT_CHUNKS: Readonly<Record<NonNullable<Extract<LossPath, { kind: "chunked" }>["keeps"]>, Explanation>> = {
  "log-probabilities": {
    note: "Logits of all chunks are made before the loss; fp32 log-probabilities of all chunks wait for backward.",
    source: CHUNKED.source,
  },
  logits: {
    note: "Logits of all chunks are made before the loss; the compiled loss keeps them in 16 bit for backward.",
    source: CHUNKED.source,
  },
};

const LITGPT: Explanation = {
  note: "16-bit logits in chunks of 128 positions, all kept; Fabric copies them to fp32 and the loop holds the copies until the next step's; log-probabilities of all chunks wait for backward.",
  source: {
    label: "litgpt/utils.py, chunked_cross_entropy",
    url: "https://github.com/Lightning-AI/litgpt/blob/v0.5.13/litgpt/utils.py",
  },
};

const FUSED: Readonly<Record<Extract<LossPath, { kind: "fused" }>["kernel"], Explanation>> = {
  liger: {
    note: "Logits of a chunk of tokens at a time; the gradients of the hidden state and of a trained head are made during forward.",
    source: {
      label: "liger_kernel/ops/fused_linear_cross_entropy.py",
      url: "https://github.com/linkedin/Liger-Kernel/blob/v0.6.0/src/liger_kernel/ops/fused_linear_cross_entropy.py",
    },
  },
  cut: {
    note: "Logits exist in the kernel’s registers alone; for each token one fp32 number is saved, and backward makes the gradient of the hidden state.",
    source: {
      label: "cut_cross_entropy/cce.py, LinearCrossEntropyFunction",
      url: "https://github.com/apple/ml-cross-entropy/blob/main/cut_cross_entropy/cce.py",
    },
  },
  trl: {
    note: "One tile of logits at a time; backward sums the gradient of the hidden state, and of a trained head, in fp32.",
    source: {
      label: "trl/kernels/chunked_logprob.py, ChunkedLogProbFunction",
      url: "https://github.com/huggingface/trl/blob/v1.16.0/trl/kernels/chunked_logprob.py",
    },
  },
};

const explainChunked = ({ chunks, keeps }: Extract<LossPath, { kind: "chunked" }>): Explanation => {
  if (chunks === "by-free-memory") return UNSLOTH;
  return keeps === undefined ? CHUNKED : KEPT_CHUNKS[keeps];
};

/**
 * What the page says of the logits on a path from the last hidden state to the loss.
 *
 * @param isDivided whether logits stay divided over ranks
 */
const explainLoss = (path: LossPath, isDivided = false): Explanation => {
  switch (path.kind) {
    case "full":
      if (isDivided) return DIVIDED;
      return path.transformers === "none" ? OWN : FULL;
    case "inplace":
      return IN_PLACE;
    case "chunked":
      return explainChunked(path);
    case "litgpt":
      return LITGPT;
    case "fused":
      return FUSED[path.kernel];
    default:
      return path satisfies never;
  }
};

/** The optimizers of bitsandbytes, paged or not, are one file. */
const BITSANDBYTES: Explanation["source"] = {
  label: "bitsandbytes/optim/optimizer.py, Optimizer2State.init_state",
  url: "https://github.com/bitsandbytes-foundation/bitsandbytes/blob/0.48.0/bitsandbytes/optim/optimizer.py",
};

const TORCH_SGD: Explanation["source"] = {
  label: "torch/optim/sgd.py, _multi_tensor_sgd",
  url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/optim/sgd.py",
};

const LOMO: Explanation["source"] = {
  label: "lomo_optim 0.1.1: lomo.py, adalomo.py (fuse_update)",
  url: "https://github.com/OpenLMLab/LOMO/tree/main/lomo_optim",
};

const TORCHTUNE: Explanation["source"] = {
  label: "torchtune/training/memory.py, register_optim_in_bwd_hooks",
  url: "https://github.com/pytorch/torchtune/blob/v0.6.1/torchtune/training/memory.py",
};

const IN_BACKWARD = "Each parameter is updated in backward, and its gradient goes at once.";

/** What the page says of each optimizer's states and step, by transformers' name of `optim`. */
const OPTIMIZER_EXPLANATIONS: Readonly<Record<OptimizerId, Explanation>> = {
  adamw_torch: {
    note: "Two moments for each trained parameter. The step takes the square root of all second moments at once: one more copy.",
    source: {
      label: "torch/optim/adam.py, _multi_tensor_adam",
      url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/optim/adam.py",
    },
  },
  adamw_torch_fused: {
    note: "Two moments for each trained parameter. The fused step needs nothing besides.",
    source: {
      label: "torch/optim/adam.py, _fused_adam",
      url: "https://github.com/pytorch/pytorch/blob/v2.8.0/torch/optim/adam.py",
    },
  },
  adamw_bnb_8bit: {
    note: "Two moments of one byte for each trained parameter, with a scale for every 256; tensors under 4,096 elements stay in fp32.",
    source: BITSANDBYTES,
  },
  paged_adamw_8bit: {
    note: "As 8-bit AdamW, in managed memory, which need not fit: the driver moves it to the host when the card is full. Counted are scales, and tensors under 100,000 elements.",
    source: BITSANDBYTES,
  },
  paged_adamw_32bit: {
    note: "Two fp32 moments for each trained parameter, in managed memory, which need not fit: the driver moves it to the host when the card is full. Counted are tensors under 100,000 elements.",
    source: BITSANDBYTES,
  },
  adafactor: {
    note: "Row and column sums instead of the second moment; the step works on one tensor at a time, in fp32.",
    source: {
      label: "transformers/optimization.py, Adafactor",
      url: "https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/optimization.py",
    },
  },
  lion: {
    note: "One momentum for each trained parameter; the step needs the update of one tensor at a time.",
    source: { label: "Chen et al. 2023, Lion, algorithm 2", url: "https://arxiv.org/abs/2302.06675" },
  },
  sgd: { note: "Plain SGD keeps nothing between steps.", source: TORCH_SGD },
  sgd_momentum: { note: "One momentum for each trained parameter.", source: TORCH_SGD },
  galore_adamw: {
    note: "Moments of gradients projected to rank 128, and the projectors; the rare refresh of a projector needs more.",
    source: { label: "Zhao et al. 2024, GaLore, table 1", url: "https://arxiv.org/abs/2403.03507" },
  },
  apollo_adamw: {
    note: "Moments of gradients projected to rank 128 at random; the projection is regenerated from its seed.",
    source: { label: "Zhu et al. 2024, APOLLO, table 1", url: "https://arxiv.org/abs/2412.05270" },
  },
  muon: {
    note: "One momentum for the layers' matrices, AdamW's two moments for the rest; one matrix at a time is made orthogonal in bf16.",
    source: { label: "Jordan et al. 2024, Muon", url: "https://kellerjordan.github.io/posts/muon/" },
  },
  adamw_torch_8bit: {
    note: "Two moments of a byte for each trained parameter, with a scale for every 256; other tensors keep theirs whole.",
    source: {
      label: "torchao/optim/subclass_8bit.py, OptimState8bit",
      url: "https://github.com/pytorch/ao/blob/v0.18.0/torchao/optim/subclass_8bit.py",
    },
  },
  adamw_torch_4bit: {
    note: "Two moments of half a byte for each trained parameter, with a scale for every 128; other tensors keep theirs whole.",
    source: {
      label: "torchao/optim/subclass_4bit.py, OptimState4bit",
      url: "https://github.com/pytorch/ao/blob/v0.18.0/torchao/optim/subclass_4bit.py",
    },
  },
  adamw_apex_fused: {
    note: "Two fp32 moments for each trained parameter, regardless of its dtype. The fused step needs nothing besides.",
    source: {
      label: "apex/optimizers/fused_adam.py, FusedAdam",
      url: "https://github.com/NVIDIA/apex/blob/master/apex/optimizers/fused_adam.py",
    },
  },
  lomo: {
    note: "Plain SGD in backward: each gradient goes as soon as its parameter is updated; nothing is kept.",
    source: LOMO,
  },
  adalomo: {
    note: "Row and column means in fp32; each gradient goes as soon as its parameter is updated.",
    source: LOMO,
  },
  adamw_in_backward: { note: `As fused AdamW. ${IN_BACKWARD}`, source: TORCHTUNE },
  adamw_bnb_8bit_in_backward: { note: `As 8-bit AdamW. ${IN_BACKWARD}`, source: TORCHTUNE },
  paged_adamw_8bit_in_backward: { note: `As paged 8-bit AdamW. ${IN_BACKWARD}`, source: TORCHTUNE },
  paged_adamw_32bit_in_backward: { note: `As paged AdamW. ${IN_BACKWARD}`, source: TORCHTUNE },
};

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

/** What the page says of one term of the total. */
export type Explanation = Readonly<{
  /** One or two plain sentences: what it is, when it is alive, what is assumed. */
  note: string;
  /** Where the rule comes from: paper, source file, documentation; precise. */
  source: Readonly<{ label: string; url: string | null }>;
}>;
