// The whole run on a GPU: fit of each moment, and moments that other library code decides.

import { ownValue } from "#calc/base/guards.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMomentId, RunMoment } from "#calc/model/whole-run.ts";
import { MOMENT_CODE, type MomentCode } from "#catalog/library-moments.ts";
import { PACKED_CHECKPOINTS } from "#catalog/checkpoints.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { onCardByRule, withOnCard, fitOnCard } from "#calc/card/fit.ts";
import type { MemoryEstimate, CardFit, Fit, OnCard, RunFit } from "#calc/model/memory-estimate.ts";
import { termsOfAlive, wholeRun } from "#calc/whole-run.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import { runMomentWords } from "#format/phrases.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { sharesParameters } from "./rules/run-rules.ts";
import { requestedRun, isWorseOutcome } from "./run-settings.ts";

/** A moment outside the step, with what decides whose code runs it. */
type Asked = Readonly<{
  choices: Pick<Choices, "stack" | "saving" | "loading">;
  scenario: Pick<Scenario, "architecture" | "gpus" | "sharding" | "division" | "method">;
}>;

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
export const estimateAtMoment = (
  { estimate, scenario: { gpus } }: Stepped,
  { peakBytes, alive }: Pick<RunMoment, "peakBytes" | "alive">,
): MemoryEstimate => {
  const perTerm = termsOfAlive(alive);
  const terms = estimate.terms.map((term) =>
    term.id === "framework" ? term : { ...term, bytes: perTerm[term.id], formula: [] },
  );
  return withOnCard({ ...estimate, peakBytes, terms }, onCardByRule(peakBytes, gpus), gpus);
};

type HeldMoment = RunMoment & Pick<OnCard, "onCardBytes" | "comfortableBytes"> & Readonly<{ headroomBytes: Bytes }>;

/** A moment of a run that this library's own code decides, held against the card. */
type OwnMoment = HeldMoment & Readonly<{ fit: RunFit; otherRule: null }>;

/** A moment of a run, held against the card. `otherRule`: why its figure is another library's, which decides nothing. */
export type RunMomentAnswer = OwnMoment | (HeldMoment & Readonly<{ fit: "not-known"; otherRule: string }>);

/** A whole run on a card: the training step and the moments that were asked for. */
export type RunAnswer = Readonly<{
  /** Of the moment that allocates most. */
  peakBytes: Bytes;
  peakMoment: RunMomentId;
  moments: readonly RunMomentAnswer[];
  /** Of the moments whose figures are this library's own the one with the worst outcome, of as bad ones that with the least left on the card; the step where another is no worse. */
  worst: OwnMoment;
  /** The worst moment in words, inside a sentence; absent where it is the step. */
  worstOutside?: string;
  /** The method as an estimate of that moment, term by term. */
  worstEstimate?: MemoryEstimate;
  /** How the worst moment goes; `cannot-run` where the step cannot. */
  fit: Fit;
  headroomBytes: Bytes;
}>;

/** What a run is of: the answer to its step, with what the card has for it. */
type AskedOf = Readonly<{ scenario: Scenario; estimate: MemoryEstimate; card: CardFit }>;

/**
 * The whole run of a method on a card; null where no moment outside the step is asked for. The step is on the card as its own answer says, by the replay of the
 * allocator where that has one. Each other moment goes by the rule of `onCardByRule`, with its own peak: nobody replays what it asks the allocator for.
 *
 * @param availableBytes usable memory of the card less what is used on it
 */
export const runAnswer = (
  choices: Choices,
  { scenario, estimate, card }: AskedOf,
  availableBytes: Bytes,
): RunAnswer | null => {
  const asked = requestedRun(choices, scenario);
  if (asked === null) return null;
  const { peakBytes, peakMoment, moments } = wholeRun(ENGINE, { scenario, step: estimate, asked });
  const held = moments.map((moment): RunMomentAnswer => {
    const { onCardBytes, comfortableBytes } =
      moment.id === "step" ? estimate : onCardByRule(moment.peakBytes, scenario.gpus);
    const { fit, headroomBytes } = fitOnCard({ onCardBytes, comfortableBytes }, availableBytes);
    const other = otherRule(moment.id, { choices, scenario });
    const all = { ...moment, onCardBytes, comfortableBytes, headroomBytes };
    return other === null ? { ...all, fit, otherRule: null } : { ...all, fit: "not-known", otherRule: other };
  });
  const own = held.filter((moment) => moment.otherRule === null);
  const step = own.find(({ id }) => id === "step") ?? own[0];
  if (step === undefined) return null;
  const worst = own.reduce((best, each) => (isWorseOutcome(each, best) ? each : best), step);
  const fit = card.cannotRun === null ? worst.fit : card.fit;
  return {
    peakBytes,
    peakMoment,
    moments: held,
    worst,
    ...(worst.id !== "step" &&
      card.cannotRun === null && {
        worstOutside: runMomentWords(worst.id),
        worstEstimate: estimateAtMoment({ scenario, estimate }, worst),
      }),
    fit,
    headroomBytes: worst.headroomBytes,
  };
};

/**
 * How a method goes on a card of another size, of the kind that it was answered for: as its worst moment does.
 *
 * @param availableBytes usable memory of the card less what is used on it
 */
export const wholeFitOn = (
  { estimate, run }: Readonly<{ estimate: MemoryEstimate; run?: RunAnswer }>,
  availableBytes: Bytes,
): CardFit => {
  const outside = (run?.moments ?? []).filter(({ id, otherRule: other }) => id !== "step" && other === null);
  return [estimate, ...outside]
    .map((taken) => fitOnCard(taken, availableBytes))
    .reduce((worst, each) => (isWorseOutcome(each, worst) ? each : worst));
};
