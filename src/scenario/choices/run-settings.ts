// Requested moments outside the training step, and which of two outcomes is worse.

import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { AskedRun, Evaluation } from "#calc/model/whole-run.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { generatedCompletions, generatesOnTrainingGpu } from "./objective-settings.ts";
import { applyRules, isSet } from "./rules/apply-rules.ts";
import { MOMENT_KEYS, RUN_RULES, type RunKey, methodsWithAdapters } from "./rules/run-rules.ts";
import { evaluationBatch } from "#catalog/library-moments.ts";
import type { CardFit, Fit } from "#calc/model/memory-estimate.ts";

/** The choices without the moments outside the training step that their keys ask for; completions of GRPO are generated without a key. */
export const withoutRunMoments = (choices: Choices): Choices => ({
  ...choices,
  ...Object.fromEntries(MOMENT_KEYS.map((key) => [key, DEFAULT_CHOICES[key]])),
});

/** Whether a moment outside the training step is asked for. */
const asksRun = (choices: Choices): boolean => MOMENT_KEYS.some((key) => isSet(choices, key));

/** The reason that a method has no such moment, in words that go on from its name: "is of adapters, and full fine-tuning has none"; null where it has. */
export const whyNoMoment = (choices: Choices, scenario: Scenario, key: RunKey): string | null =>
  applyRules(RUN_RULES, choices, { scenario }).taken.find((taken) => taken.key === key)?.why ?? null;

/** A method, and the scenario that the choices come to with it. */
type Asked = Readonly<{ method: MethodId; scenario: Scenario }>;

/**
 * Why a key of a run has no part in any of the methods shown, as choices have it; null where it has one in some of them.
 *
 * @returns what a sentence says of `key=value`: "is of adapters, and full fine-tuning has none"
 */
export const whyNoMomentInAny = (choices: Choices, methods: readonly Asked[], key: RunKey): string | null => {
  const reasons = methodsWithAdapters(methods).map(({ scenario }) => whyNoMoment(choices, scenario, key));
  return reasons.includes(null) ? null : (reasons[0] ?? null);
};

const evaluationOf = (choices: Choices): Evaluation | null =>
  choices.eval === 0
    ? null
    : {
        per_device_eval_batch_size: choices.eval,
        sequence_length: choices.evalseq ?? choices.seq,
        keeps: choices.evalkeep,
        batches: choices.evalbatches,
        eval_accumulation_steps: choices.evalmove === 0 ? null : choices.evalmove,
        eval_do_concat_batches: !choices.evallist,
        batch_eval_metrics: false,
        max_new_tokens: choices.evalgen,
      };

const MERGED = { 0: "none", 1: "unload", safe: "safe" } as const;

/**
 * The moments outside the step that a method is asked for, and completions, which GRPO generates before each, without what does not go with it; null where none is asked for, or a rule of thumb is counted.
 *
 * @param scenario of the method
 */
export const requestedRun = (choices: Choices, scenario: Scenario): AskedRun | null => {
  const generates = generatesOnTrainingGpu(choices);
  if ((!asksRun(choices) && !generates) || scenario.accounting === "bytes-per-parameter") return null;
  const { choices: run } = applyRules(RUN_RULES, choices, { scenario });
  return {
    ...(generates && { completions: generatedCompletions(choices) }),
    evaluation: evaluationOf(run),
    loading: run.loading,
    saving: run.saving,
    merge: MERGED[run.merge],
    resumes: run.resume,
  };
};

/**
 * The choices with every moment of a run asked for: as they say it, and with the library's own defaults where they say nothing. Nobody counts on it; it says what
 * a run would take if it did.
 */
export const withEveryMoment = (choices: Choices): Choices => ({
  ...choices,
  loading: choices.loading === "none" ? "device" : choices.loading,
  eval: choices.eval === 0 ? evaluationBatch(choices) : choices.eval,
  saving: choices.saving === "none" ? "adapter" : choices.saving,
  merge: choices.merge === "0" ? "1" : choices.merge,
  resume: true,
});

const RANK: Readonly<Record<Fit, number>> = { fits: 0, tight: 1, over: 2, "cannot-run": 3 };

/** Whether one outcome is worse than the other. */
export const isWorseFit = (one: Fit, other: Fit): boolean => RANK[one] > RANK[other];

/** What is worse for a run: that it does not fit, then that less is left. */
export const isWorseOutcome = (
  one: Pick<CardFit, "fit" | "headroomBytes">,
  other: Pick<CardFit, "fit" | "headroomBytes">,
): boolean => (one.fit === other.fit ? one.headroomBytes < other.headroomBytes : isWorseFit(one.fit, other.fit));
