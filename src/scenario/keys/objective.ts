import { OBJECTIVES } from "#calc/model/objective.ts";
import { decimal, flag, key, oneOf, orElse, special, whole, type Keys } from "./key.ts";
import { TOKENS } from "./open.ts";
import { ENGINES, REF_CHOICES, TEACHER_TYPES } from "./values.ts";

/** Another stack may not have an objective: all of them are locked with it. */
const lock = "stack";
const OF_COMPLETIONS = { lock, apart: "of-completions" } as const;
const OF_GRPO = { lock, apart: "of-grpo" } as const;
const OF_TEACHER = { lock, apart: "of-teacher" } as const;

/** Keys of the training objective. */
export const OBJECTIVE = {
  objective: key(oneOf(OBJECTIVES), "sft", { lock }),
  ref: orElse(oneOf(REF_CHOICES), "what the trainer does by itself is used", { lock, apart: "of-reference" }),
  /** Tokens of `seq` that are prompt, beside which a completion has at least one. */
  prompt: orElse(whole(1, TOKENS.range.max - 1), "half of seq is used", OF_COMPLETIONS),
  /** Tokens of the completion. Only as it is read: `settle` makes `prompt` and `seq` of it. */
  completion: orElse(TOKENS, "the rest of seq is used", { ...OF_COMPLETIONS, readOnly: true }),
  /** Share of a completion's tokens that are real; the rest is padding. */
  fill: key(decimal(0.01, 1), 1, OF_COMPLETIONS),
  /** GRPO's weight of the distance from a reference; 0: it has none. */
  beta: key(decimal(0, 100), 0, OF_GRPO),
  /** True if KTO's loss includes the KL term, which needs mismatched completions; not with `apo_zero_unpaired`. */
  kl: key(flag, true, { lock, apart: "of-kto" }),
  /** The engine that generates GRPO's completions, and its GPUs. */
  engine: key(oneOf(ENGINES), "transformers", OF_GRPO),
  /** Micro steps whose completions are generated at once (`steps_per_generation`); null: those of an update. */
  gensteps: orElse(whole(1, 4096), "that of accum is used", OF_GRPO),
  /** Completions of a prompt: TRL takes no fewer than two. */
  generations: key(whole(2, 4096), 8, OF_GRPO),
  /** vLLM's share of the card, where it is on it. */
  vllm: key(decimal(0.01, 0.99), 0.3, OF_GRPO),
  /** True if vLLM sleeps during the training step. */
  sleep: key(flag, false, OF_GRPO),
  /** The catalog's model that a student is distilled from; null: the student's own. */
  teacher: orElse(special("teacher"), "the model itself is used", OF_TEACHER),
  /** The dtype that the teacher is loaded in. */
  teacherdtype: key(oneOf(TEACHER_TYPES), "fp32", OF_TEACHER),
} satisfies Keys;
