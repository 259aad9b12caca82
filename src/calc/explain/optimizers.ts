import type { OptimizerId } from "#calc/model/scenario.ts";
import type { Explanation } from "./explanation.ts";

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
export const OPTIMIZER_EXPLANATIONS: Readonly<Record<OptimizerId, Explanation>> = {
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
