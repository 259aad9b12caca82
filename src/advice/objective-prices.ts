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
export const arxiv = (label: string, id: string): PriceSource => ({ label, url: `https://arxiv.org/abs/${id}` });

/** What changes cost that belong to preferences, completions and a teacher. */
export const OBJECTIVE_PRICES = {
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
export const RUN_PRICES = {
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
