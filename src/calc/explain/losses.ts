import type { LossPath } from "#calc/model/scenario.ts";
import type { Explanation } from "./explanation.ts";

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
export const explainLoss = (path: LossPath, isDivided = false): Explanation => {
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
