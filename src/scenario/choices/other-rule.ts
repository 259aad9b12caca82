import { ownValue } from "#calc/base/guards.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMomentId, RunMoment } from "#calc/model/whole-run.ts";
import { MOMENT_CODE, type MomentCode, PACKED_CHECKPOINTS } from "#catalog/moment-code.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { onCardByRule, withOnCard } from "#calc/card/fit.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { termsOfAlive } from "#calc/whole-run.ts";

/** A moment outside the step, with what decides whose code runs it. */
type Asked = Readonly<{
  choices: Pick<Choices, "stack" | "saving" | "loading">;
  scenario: Pick<Scenario, "architecture" | "gpus" | "sharding" | "division" | "method">;
}>;

/** True if GPUs share the parameters themselves. */
const sharesParameters = ({ gpus, sharding, division }: Asked["scenario"]): boolean =>
  division !== undefined || (gpus > 1 && ["zero3", "fsdp1", "fsdp2"].includes(sharding));

/** Fused experts that stay as the checkpoint has them. */
const staysPacked = ({ method }: Asked["scenario"]): boolean =>
  method.kind !== "full" && method.experts?.stored === "mxfp4";

const loading = ({ choices, scenario }: Asked, code: MomentCode, library: string): string | null => {
  if (!code.loads) return `Loading is not estimated for ${library}, which loads with code of its own.`;
  const packed = ownValue(PACKED_CHECKPOINTS, scenario.architecture.model_type);
  return packed === undefined || choices.loading !== "device" || staysPacked(scenario)
    ? null
    : `Loading is not estimated: the published checkpoint is ${packed}, which is unpacked to 16 bits on the GPU.`;
};

const saving = ({ choices, scenario }: Asked, code: MomentCode, library: string): string | null => {
  if (choices.saving !== "full" || !sharesParameters(scenario)) return null;
  if (scenario.sharding === "fsdp1" && scenario.method.kind !== "full")
    return "Saving is not estimated: with adapters under FSDP 1 each GPU may gather the whole model.";
  return code.trainer ? null : `Saving is not estimated for ${library}, which gathers the model with code of its own.`;
};

type Rule = (asked: Asked, code: MomentCode, library: string) => string | null;

/** The words for a moment that the Trainer runs. */
const ofTrainer =
  (moment: string, runs: string): Rule =>
  (_, { trainer }, library) =>
    trainer ? null : `${moment} is not estimated for ${library}, which ${runs} with code of its own.`;

const own: Rule = () => null;

const RULES: Readonly<Record<RunMomentId, Rule>> = {
  step: own,
  prepare: own,
  generate: own,
  loading,
  evaluate: ofTrainer("Evaluation", "evaluates"),
  resume: ofTrainer("Resuming", "resumes"),
  save: saving,
  merge: (_, { merges }, library) =>
    merges ? null : `Merging is not estimated for ${library}: it does not merge as PEFT does.`,
};

/**
 * Why the estimate of a moment stands for another library's code, as a sentence; null where it is this library's own. Such a figure decides nothing: published
 * runs ran out of memory where it fitted.
 *
 * @see unslothai/unsloth#1667 (a 16-bit merge on an H200), and docs/methodology.md, The whole run
 */
export const otherRule = (id: RunMomentId, asked: Asked): string | null => {
  const { stack } = asked.choices;
  const known = isStackId(stack) ? stack : "transformers";
  return RULES[id](asked, MOMENT_CODE[known], STACKS[known].name);
};

type Stepped = Readonly<{ scenario: Scenario; estimate: MemoryEstimate }>;

/** The estimate of a step with what a moment outside it has in its place, term by term. What it takes beside PyTorch's peak goes by the rule. */
export const atMoment = (
  { estimate, scenario: { gpus } }: Stepped,
  { peakBytes, alive }: Pick<RunMoment, "peakBytes" | "alive">,
): MemoryEstimate => {
  const perTerm = termsOfAlive(alive);
  const terms = estimate.terms.map((term) =>
    term.id === "framework" ? term : { ...term, bytes: perTerm[term.id], formula: [] },
  );
  return withOnCard({ ...estimate, peakBytes, terms }, onCardByRule(peakBytes, gpus), gpus);
};
