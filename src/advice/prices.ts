// Price of each change: its group, its rank in the group, one sentence, and the source.

import type { TermId } from "#calc/model/terms.ts";

/** Where a price was read. */
type PriceSource = Readonly<{ label: string; url: string }>;

/**
 * What a change is paid with, in the order in which an expert spends: nothing (the same result, no slower); time (the same result); exactness (another number
 * format of base, adapters or states); money; what is learned; and last the bus, with parameters or states in host memory.
 */
export const PRICE_GROUPS = ["free", "slower", "format", "hardware", "learns-less", "offload"] as const;
export type PriceGroup = (typeof PRICE_GROUPS)[number];

/** The groups by name. */
export const GROUP_NAMES: Readonly<Record<PriceGroup, string>> = {
  free: "Same result",
  slower: "Slower",
  format: "Other format",
  hardware: "More hardware",
  "learns-less": "Learns less",
  offload: "Last resort: base in host memory",
};

/** What a change costs: its group, its rank among those of the group (cheaper first), one sentence on it, and where that was read (null: it needs no proof). */
export type Price = Readonly<{ group: PriceGroup; rank: number; words: string; source: PriceSource | null }>;

/** A paper. */
const arxiv = (label: string, id: string): PriceSource => ({ label, url: `https://arxiv.org/abs/${id}` });

/** What changes cost that belong to preferences, completions and a teacher. */
const OBJECTIVE_PRICES = {
  ownReference: {
    group: "free",
    rank: 1,
    words: "Same result: without its adapters the policy is the model that it began as.",
    source: { label: "TRL, DPOTrainer, reference model", url: "https://huggingface.co/docs/trl/dpo_trainer" },
  },
  precomputedReference: {
    group: "free",
    rank: 2,
    words: "Same result: one pass over the data before training, then two numbers a pair.",
    source: { label: "TRL, DPOConfig, precompute_ref_log_probs", url: "https://huggingface.co/docs/trl/dpo_trainer" },
  },
  teacherFormat: {
    group: "format",
    rank: 0,
    words: "The teacher is as it was published, mostly; its products under autocast are in 16 bits anyway.",
    source: { label: "TRL, GKDConfig, teacher_model_init_kwargs", url: "https://huggingface.co/docs/trl/gkd_trainer" },
  },
  packedReference: {
    group: "format",
    rank: 0,
    words: "What the policy is held against is a little less exact; its forward is slower.",
    source: arxiv("Dettmers et al. 2023, QLoRA, section 4", "2305.14314"),
  },
  vllmSleep: {
    group: "slower",
    rank: 1,
    words:
      "Weights and cache of vLLM are made again for each generation, which has to fit beside what stays of the policy.",
    source: { label: "TRL, vLLM in sleep mode", url: "https://huggingface.co/docs/trl/vllm_integration" },
  },
  withoutBeta: {
    group: "learns-less",
    rank: 0,
    words: "The policy may go further from where it began; TRL’s default since 2025.",
    source: { label: "TRL, GRPOConfig, beta", url: "https://huggingface.co/docs/trl/grpo_trainer" },
  },
} as const satisfies Readonly<Record<string, Price>>;

const TRAINER: PriceSource = {
  label: "Transformers, Trainer and TrainingArguments",
  url: "https://huggingface.co/docs/transformers/main_classes/trainer",
};

/** What changes of the moments outside the training step cost. */
const RUN_PRICES = {
  evaluationBatch: {
    group: "free",
    rank: 0,
    words: "Same result: the same rows, in more and smaller batches.",
    source: TRAINER,
  },
  evaluationArgmax: {
    group: "free",
    rank: 2,
    words: "Same result where metrics ask for the likeliest token: it is kept in place of all logits.",
    source: TRAINER,
  },
  evaluationList: {
    group: "free",
    rank: 3,
    words: "Same result, in parts: metrics are given a list of batches.",
    source: TRAINER,
  },
  evaluationMove: {
    group: "slower",
    rank: 0,
    words: "Same result; evaluations wait for copies to the host, which keeps all of them.",
    source: TRAINER,
  },
  generationSteps: {
    group: "slower",
    rank: 0,
    words: "Same result; completions of an update are generated in more and smaller batches.",
    source: { label: "TRL, GRPOTrainer", url: "https://huggingface.co/docs/trl/grpo_trainer" },
  },
  generationEachUpdate: {
    group: "slower",
    rank: 1,
    words: "Another run: each update has completions of its own policy, generated in more and smaller batches.",
    source: { label: "TRL, GRPOTrainer", url: "https://huggingface.co/docs/trl/grpo_trainer" },
  },
  evaluationLossOnly: {
    group: "learns-less",
    rank: 0,
    words: "Training stays as it is; evaluations have no metrics but the loss.",
    source: TRAINER,
  },
  evaluationLength: {
    group: "learns-less",
    rank: 7,
    words: "Training stays as it is; evaluations see the beginning of longer examples alone.",
    source: {
      label: "TRL, truncation",
      url: "https://huggingface.co/docs/trl/reducing_memory_usage#truncation",
    },
  },
  savedAdapters: {
    group: "free",
    rank: 1,
    words: "Same result: the base stays where it was loaded from.",
    source: { label: "PEFT, checkpoint format", url: "https://huggingface.co/docs/peft/developer_guides/checkpoint" },
  },
  savedShards: {
    group: "free",
    rank: 1,
    words: "Same result: each GPU writes its part; a command merges the parts afterwards.",
    source: {
      label: "Accelerate, FSDP, saving and loading",
      url: "https://huggingface.co/docs/accelerate/usage_guides/fsdp#saving-and-loading",
    },
  },
  mergeUnchecked: {
    group: "free",
    rank: 1,
    words: "Same result: nothing looks for NaN in what was merged.",
    source: { label: "PEFT, merge_and_unload", url: "https://huggingface.co/docs/peft/package_reference/lora" },
  },
  mergeOnHost: {
    group: "slower",
    rank: 0,
    words: "Same result: another process loads base and adapters on the host, and merges there.",
    source: {
      label: "PEFT, model merging",
      url: "https://huggingface.co/docs/peft/developer_guides/lora#merge-lora-weights-into-the-base-model",
    },
  },
} as const satisfies Readonly<Record<string, Price>>;

const LORA = arxiv("Hu et al. 2021, LoRA, section 7", "2106.09685");
const QLORA = arxiv("Dettmers et al. 2023, QLoRA, section 4", "2305.14314");
const LIGER = arxiv("Hsu et al. 2024, Liger Kernel, section 3.2", "2410.10989");
const ZERO = arxiv("Rajbhandari et al. 2020, ZeRO, section 7", "1910.02054");
const ZERO_OFFLOAD = arxiv("Ren et al. 2021, ZeRO-Offload, section 6", "2101.06840");
const EIGHT_BIT = arxiv("Dettmers et al. 2022, 8-bit Optimizers, section 3", "2110.02861");
const PEFT_DOCS = "https://huggingface.co/docs/peft/package_reference/";

/** What each kind of change costs. */
export const PRICES = {
  lossInPlace: {
    group: "free",
    rank: 1,
    words: "Same result: the gradient is written over the logits.",
    source: LIGER,
  },
  lossChunked: {
    group: "free",
    rank: 1,
    words: "Same result: logits for a chunk of the tokens at a time.",
    source: {
      label: "torchtune, CEWithChunkedOutputLoss",
      url: "https://github.com/pytorch/torchtune/blob/v0.6.1/torchtune/modules/loss/ce_chunked_output_loss.py",
    },
  },
  lossFused: {
    group: "free",
    rank: 1,
    words: "Same result: head and loss in one kernel, logits never materialised in full.",
    source: LIGER,
  },
  liger: {
    group: "free",
    rank: 2,
    words: "Same result, and faster: norms, gated MLPs, rotary embedding and the loss in Liger’s kernels.",
    source: arxiv("Hsu et al. 2024, Liger Kernel, section 3", "2410.10989"),
  },
  loraKernels: {
    group: "free",
    rank: 1,
    words: "Same result, and faster: a layer’s linears and their adapters in one kernel.",
    source: { label: "Axolotl, LoRA optimizations", url: "https://docs.axolotl.ai/docs/lora_optims.html" },
  },
  reentrance: {
    group: "free",
    rank: 1,
    words: "Same result: layers run again by PyTorch’s other way of checkpointing.",
    source: { label: "PyTorch, torch.utils.checkpoint", url: "https://docs.pytorch.org/docs/stable/checkpoint.html" },
  },
  attention: {
    group: "free",
    rank: 1,
    words: "Same result, and faster: the attention scores are never materialised.",
    source: arxiv("Dao et al. 2022, FlashAttention, section 3", "2205.14135"),
  },
  expandableSegments: {
    group: "free",
    rank: 1,
    words: "Same result: PyTorch’s segments grow, so that nearly no gaps are left between blocks. On Linux.",
    source: {
      label: "PyTorch, PYTORCH_CUDA_ALLOC_CONF",
      url: "https://docs.pytorch.org/docs/stable/notes/cuda.html#optimizing-memory-usage-with-pytorch-cuda-alloc-conf",
    },
  },
  packing: {
    group: "free",
    rank: 1,
    words: "No padding to compute; several examples share a row and must be kept apart by their positions.",
    source: { label: "TRL, packing", url: "https://huggingface.co/docs/trl/reducing_memory_usage#packing" },
  },
  fusedOptimizer: {
    group: "free",
    rank: 1,
    words: "Same result, and faster: one kernel, no temporaries.",
    source: {
      label: "PyTorch, AdamW, fused",
      url: "https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html",
    },
  },
  doubleQuantization: {
    group: "free",
    rank: 1,
    words: "No loss of quality was measured; scales are quantised too.",
    source: QLORA,
  },
  checkpointing: {
    group: "slower",
    rank: 0,
    words: "Same result, slower: each layer runs forward twice, about a third more compute.",
    source: arxiv("Chen et al. 2016, Sublinear Memory Cost, section 4", "1604.06174"),
  },
  offloadedActivations: {
    group: "slower",
    rank: 1,
    words: "Same result; what backward needs is copied to the host and back, at the speed of the bus.",
    source: {
      label: "TRL, activation offloading",
      url: "https://huggingface.co/docs/trl/reducing_memory_usage#activation-offloading",
    },
  },
  accumulation: {
    group: "slower",
    rank: 0,
    words: "The same batch for each update, in more and smaller steps: slower where the GPU is not saturated.",
    source: {
      label: "Transformers, gradient accumulation",
      url: "https://huggingface.co/docs/transformers/grad_accumulation",
    },
  },
  sharding: { group: "slower", rank: 0, words: "Same result; more traffic between the GPUs.", source: ZERO },
  pagedOptimizer: {
    group: "slower",
    rank: 0,
    words: "Same result; states move to the host when the card is full, and steps are slower then.",
    source: arxiv("Dettmers et al. 2023, QLoRA, section 3", "2305.14314"),
  },
  eightBitOptimizer: {
    group: "format",
    rank: 0,
    words: "States in 8 bits: on a par with 32 bits in its authors’ tests.",
    source: EIGHT_BIT,
  },
  pagedEightBitOptimizer: {
    group: "format",
    rank: 0,
    words: "States in 8 bits, on the host when the card is full: steps are slower then.",
    source: EIGHT_BIT,
  },
  adapterFormat: {
    group: "format",
    rank: 0,
    words: "Small updates are lost to rounding in 16 bits; PEFT keeps adapters in 32 for stability.",
    source: { label: "PEFT, autocast_adapter_dtype", url: `${PEFT_DOCS}peft_model` },
  },
  kbitPreparation: {
    group: "format",
    rank: 0,
    words: "Norms and embeddings stay in 16 bits: a little less exact.",
    source: { label: "PEFT, prepare_model_for_kbit_training", url: `${PEFT_DOCS}peft_model` },
  },
  quantizedExperts: {
    group: "format",
    rank: 0,
    words: "Experts in 4 bits as the linear layers are: as exact as QLoRA elsewhere.",
    source: {
      label: "Axolotl, expert quantization",
      url: "https://docs.axolotl.ai/docs/expert_quantization.html",
    },
  },
  ...RUN_PRICES,
  ...OBJECTIVE_PRICES,
  factoredOptimizer: {
    group: "learns-less",
    rank: 2,
    words: "Factored second moments; the learning rate has to be tuned again.",
    source: arxiv("Shazeer and Stern 2018, Adafactor, section 3", "1804.04235"),
  },
  offloadedOptimizer: {
    group: "offload",
    rank: 0,
    words: "States and their update move to the host: steps are slower.",
    source: ZERO_OFFLOAD,
  },
  offloadedAll: {
    group: "offload",
    rank: 1,
    words: "Weights come from the host layer by layer: steps are much slower.",
    source: arxiv("Rajbhandari et al. 2021, ZeRO-Infinity, section 8", "2104.07857"),
  },
  lora: {
    group: "learns-less",
    rank: 5,
    words: "Trains a small share of the parameters: learns less, and forgets less.",
    source: arxiv("Biderman et al. 2024, LoRA Learns Less and Forgets Less, section 4", "2405.09673"),
  },
  qlora: {
    group: "format",
    rank: 1,
    words: "4-bit base: steps are slower; as good as 16-bit LoRA in its authors’ tests.",
    source: QLORA,
  },
  int8: {
    group: "format",
    rank: 2,
    words: "8-bit base: steps are slower; hardly any loss of quality.",
    source: arxiv("Dettmers et al. 2022, LLM.int8(), section 3", "2208.07339"),
  },
  qloraForFull: {
    group: "learns-less",
    rank: 6,
    words: "Trains adapters on a 4-bit base: learns less than full fine-tuning, as much as 16-bit LoRA.",
    source: QLORA,
  },
  int8ForFull: {
    group: "learns-less",
    rank: 6,
    words: "Trains adapters on an 8-bit base: learns less than full fine-tuning; hardly any loss against 16-bit LoRA.",
    source: arxiv("Dettmers et al. 2022, LLM.int8(), section 3", "2208.07339"),
  },
  targets: {
    group: "learns-less",
    rank: 3,
    words: "Fewer modules are trained; adapters on all linears were needed to match full fine-tuning.",
    source: QLORA,
  },
  rank: {
    group: "learns-less",
    rank: 1,
    words: "Fewer parameters are trained; small ranks were enough for simple tasks.",
    source: LORA,
  },
  dora: {
    group: "learns-less",
    rank: 0,
    words: "Plain LoRA, faster; what DoRA gains is given up.",
    source: arxiv("Liu et al. 2024, DoRA, section 5", "2402.09353"),
  },
  savedModules: {
    group: "learns-less",
    rank: 3,
    words: "These modules stay as they are: new tokens are not learned.",
    source: { label: "PEFT, modules_to_save", url: `${PEFT_DOCS}lora` },
  },
  moreCards: {
    group: "hardware",
    rank: 0,
    words: "Same result; parameters and states are divided over the cards, which gather them layer by layer.",
    source: ZERO,
  },
  largerCard: {
    group: "hardware",
    rank: 0,
    words: "The same run on a larger card: nothing else changes.",
    source: null,
  },
  otherCard: {
    group: "hardware",
    rank: 0,
    words: "The same run on a card with kernels or types that this one lacks.",
    source: null,
  },
  stack: {
    group: "format",
    rank: 3,
    words: "Another library with its own defaults, number formats included.",
    source: null,
  },
  sequence: {
    group: "learns-less",
    rank: 4,
    words: "Longer examples are truncated or split.",
    source: {
      label: "TRL, truncation",
      url: "https://huggingface.co/docs/trl/reducing_memory_usage#truncation",
    },
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceId = keyof typeof PRICES;

/** More than any rank within a group: a dearer group outweighs it. */
const GROUP_STEP = 10;

/** What changes cost together: of as many, the smallest sum is the cheapest. */
export const costOf = (prices: readonly PriceId[]): number =>
  prices.reduce((sum, id) => sum + PRICE_GROUPS.indexOf(PRICES[id].group) * GROUP_STEP + PRICES[id].rank, 0);

/** The term that a change is made for; a subject that is not in it lowers several alike. */
const TERM_OF_SUBJECT: Readonly<Record<string, TermId>> = {
  loss: "logits",
  attention: "activations",
  checkpointing: "activations",
  activations: "activations",
  reentrance: "activations",
  kernels: "activations",
  loraKernels: "activations",
  packing: "activations",
  allocator: "framework",
  optimizer: "optimizer",
  adapters: "adapters",
  rank: "adapters",
  targets: "adapters",
  method: "weights",
  quantization: "weights",
  experts: "weights",
  kbit: "weights",
  reference: "weights",
  teacher: "weights",
};

/** Whether a change is made for a term: a fused loss for logits. */
export const changesTerm = ({ subject }: Readonly<{ subject: string }>, term: TermId): boolean =>
  TERM_OF_SUBJECT[subject] === term;
