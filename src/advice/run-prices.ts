import type { Price, PriceSource } from "./price.ts";

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
