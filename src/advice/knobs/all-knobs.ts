// List of all knobs and scales that change something in given choices.

import type { Catalog } from "#catalog/catalog.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenCard } from "#scenario/choices/chosen-gpu.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { settle, isSameChoice } from "#scenario/choices/settle.ts";
import type { Knob, KnobMaker, Scale, ScaleMaker, Subject } from "./knob.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { effectiveChoices, resolveFor } from "#scenario/choices/effective-choices.ts";
import { allocator } from "./allocator.ts";
import { experts, kbitPreparation, method, quantization } from "./base-model.ts";
import { merging, saving } from "./checkpoints.ts";
import { evaluationBatch, evaluationKeeps, evaluationLength, evaluationList, evaluationMove } from "./evaluation.ts";
import { generationSteps, sleeping } from "./generation.ts";
import { offload, sharding } from "./hardware.ts";
import { kernels, reentrance } from "./kernels.ts";
import { library } from "./library.ts";
import { adapterFormat, dora, rank, savedModules, targets } from "./lora.ts";
import { reference, teacher, withoutBeta } from "./objective.ts";
import { optimizer } from "./optimizer.ts";
import { activations, attention, checkpointing, microBatch, packing, sequence } from "./training.ts";
import { loss } from "./loss.ts";
import { type Field, FIELDS } from "#scenario/keys/link-fields.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { issuesOfChoices } from "#scenario/choices/answer-issues.ts";
import { type Trial, evaluateTrial } from "#advice/trial.ts";

/** Whether GPUs share out experts with the method in focus. */
const sharesExperts = (choices: Choices, catalog: Catalog): boolean =>
  choices.ep > 1 && chosenDivision(choices, chosenArchitecture(choices, catalog))?.ep_size !== undefined;

/** A change beside which experts cannot be shared out gives that up, and says so; any other change as it is. */
const withoutSharedExperts = (choices: Choices, knob: Knob, catalog: Catalog): Knob => {
  if (!sharesExperts(choices, catalog) || sharesExperts(settle({ ...choices, ...knob.patch }), catalog)) return knob;
  return {
    ...knob,
    title: `${knob.title} without expert parallelism`,
    phrase: `${knob.phrase} without expert parallelism`,
    patch: { ...knob.patch, ep: 1 },
  };
};

const OF_ANY_METHOD: readonly KnobMaker[] = [
  loss,
  attention,
  packing,
  optimizer,
  allocator,
  checkpointing,
  activations,
  reentrance,
  kernels,
  sharding,
  offload,
  method,
  quantization,
  experts,
  kbitPreparation,
  library,
  evaluationKeeps,
  evaluationList,
  saving,
  merging,
  reference,
  withoutBeta,
  sleeping,
  teacher,
];

const SCALES: readonly ScaleMaker[] = [
  microBatch,
  sequence,
  evaluationBatch,
  evaluationMove,
  evaluationLength,
  generationSteps,
];

const OF_ADAPTERS: readonly KnobMaker[] = [adapterFormat, targets, dora, savedModules];

/** The tuner that the method in focus runs. */
const ranTuner = (choices: Choices, architecture: Architecture): Choices["tuner"] =>
  effectiveChoices(choices, { architecture, method: choices.method }).tuner;

/** Whether the same tuner is run after a change: not where the change is to something that it does not go with. */
const keepsTuner = ({ choices, architecture }: Subject, { patch }: Knob): boolean =>
  choices.tuner === "lora" || ranTuner({ ...choices, ...patch }, architecture) === ranTuner(choices, architecture);

/** Whether the model still has the modules that are named after a change: another library may run model code of its own. */
const keepsModules = (choices: Choices, { patch }: Knob, catalog: Catalog): boolean => {
  if (patch.stack === undefined) return true;
  const changed = { ...choices, ...patch };
  const architecture = chosenArchitecture(changed, catalog);
  const { targets: named, save } = changed;
  return (
    save.every(ENGINE.canSave(architecture)) &&
    (typeof named === "string" || named.every(ENGINE.canTarget(architecture)))
  );
};

/** Whether the choices keep all of a change: what does not go with the objective is taken back. */
const isKept = (choices: Choices, { patch }: Knob): boolean => {
  const after = settle({ ...choices, ...patch });
  return Object.entries(patch).every(([key, value]) => isSameChoice(after[key as keyof Choices], value));
};

const subjectOf = (choices: Choices, catalog: Catalog): Subject => {
  const card = chosenCard(choices.gpu, catalog);
  const architecture = chosenArchitecture(choices, catalog);
  return { choices, resolved: resolveFor(choices, choices.method, { card, architecture }), architecture, card };
};

/** Every knob that changes something in these choices and has no number to be found, for the method in focus. */
export const allKnobs = (choices: Choices, catalog: Catalog): readonly Knob[] => {
  const subject = subjectOf(choices, catalog);
  const makers = choices.method === "full" ? OF_ANY_METHOD : [...OF_ANY_METHOD, ...OF_ADAPTERS];
  return makers
    .flatMap((make) => make(subject))
    .filter((knob) => isKept(choices, knob) && keepsTuner(subject, knob) && keepsModules(choices, knob, catalog))
    .map((knob) => withoutSharedExperts(choices, knob, catalog));
};

/** What can be made smaller by a number: the micro batch, the sequence, where there are adapters their rank; of an evaluation its batch and what it keeps together. */
export const allScales = (choices: Choices, catalog: Catalog): readonly Scale[] => {
  const subject = subjectOf(choices, catalog);
  const makers = choices.method === "full" ? SCALES : SCALES.toSpliced(1, 0, rank);
  return makers.map((make) => make(subject)).filter(({ count }) => count > 0);
};

/** The issues that choices have after a change, and had not before it. */
const newIssues = (before: Choices, after: Choices, catalog: Catalog): readonly Issue[] => {
  const issues = issuesOfChoices(after, catalog);
  if (issues.length === 0) return [];
  const known = issuesOfChoices(before, catalog).map(({ message }) => message);
  return issues.filter(({ message }) => !known.includes(message));
};

/** True if two trials have the same figures. */
const takesTheSame = (one: Trial, other: Trial): boolean =>
  one.peakBytes === other.peakBytes &&
  one.onCardBytes === other.onCardBytes &&
  one.reservedBytes === other.reservedBytes &&
  one.fit === other.fit;

/** A choice that has no effect, and the issue that says so. */
type Ignored = Readonly<{ field: Field; issue: Issue }>;

/** A trial with a field at its default; where that changes a figure, with what the issue says is used. */
const withoutChoice = (trial: Trial, { field, issue }: Ignored, catalog: Catalog): Trial => {
  const { isRunnable, isKnown } = ENGINE;
  const read = field.decode({ [issue.key]: issue.used }, { catalog, isRunnable, isKnown });
  for (const value of [field.default, read.value ?? field.default]) {
    const without = evaluateTrial({ ...trial.choices, [field.field]: value }, catalog);
    if (takesTheSame(trial, without)) return without;
  }
  return trial;
};

/**
 * A trial without the choices that only its change made useless: a library without reentrant checkpoints leaves `reentrant` out. The link of an advice opens
 * without an issue then that the scenario did not have. No figure changes. What a choice makes useless in its turn comes after it in a link.
 */
export const withoutIgnored = (before: Choices, changed: Trial, catalog: Catalog): Trial => {
  let kept = changed;
  let issues = newIssues(before, kept.choices, catalog);
  for (const field of FIELDS) {
    const issue = issues.find(({ key }) => field.keys.some((each) => each === key));
    if (issue === undefined) continue;
    kept = withoutChoice(kept, { field, issue }, catalog);
    issues = newIssues(before, kept.choices, catalog);
  }
  return kept;
};
