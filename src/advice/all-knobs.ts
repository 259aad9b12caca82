import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { inEffect } from "#scenario/choices/rules/in-effect.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { chosenCard } from "#scenario/choices/chosen-card.ts";
import { resolveFor } from "#scenario/choices/resolve-for.ts";
import { isSameChoice } from "#scenario/choices/same-choice.ts";
import { settle } from "#scenario/choices/settle.ts";
import type { Knob, KnobMaker, Scale, ScaleMaker, Subject } from "./knob.ts";
import { allocator } from "./knobs/allocator.ts";
import { experts, kbitPreparation, method, quantization } from "./knobs/base.ts";
import { merging, saving } from "./knobs/checkpoints.ts";
import {
  evaluationBatch,
  evaluationKeeps,
  evaluationLength,
  evaluationList,
  evaluationMove,
} from "./knobs/evaluation.ts";
import { generationSteps, sleeping } from "./knobs/generation.ts";
import { offload, sharding } from "./knobs/hardware.ts";
import { kernels, reentrance } from "./knobs/kernels.ts";
import { library } from "./knobs/library.ts";
import { adapterFormat, dora, rank, savedModules, targets } from "./knobs/lora.ts";
import { reference, teacher, withoutBeta } from "./knobs/objective.ts";
import { optimizer } from "./knobs/optimizer.ts";
import { activations, attention, checkpointing, loss, microBatch, packing, sequence } from "./knobs/training.ts";
import { withoutSharedExperts } from "./without-shared-experts.ts";

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
  inEffect(choices, { architecture, method: choices.method }).tuner;

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
