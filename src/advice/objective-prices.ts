import { arxiv, type Price } from "./price.ts";

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
