// The answer to a set of choices, method by method, and what its figures do not include.

import type { Catalog } from "#catalog/catalog.ts";
import { towersOf } from "#catalog/checkpoints.ts";
import { formatParams } from "#format/numbers.ts";
import type { Answer, AnswerGpu, MethodAnswer } from "./answer.ts";
import { type Bytes, bytes, GIB } from "#calc/base/bytes.ts";
import { withOnCard, fitOnCard, withCannotRun } from "#calc/card/fit.ts";
import { estimated, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { type Scenario, METHODS } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import { cardMemoryOf, availableCardBytes, vllmReservedBytes } from "./gpu-memory.ts";
import { answerGpu } from "./chosen-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { namedTeacher } from "./teacher-model.ts";
import { cannotRun } from "./cannot-run.ts";
import { chosenArchitecture, modelRow } from "./chosen-model.ts";
import { spellSize } from "#scenario/keys/codec/numbers.ts";
import { notKnownOf } from "./not-known.ts";
import { quoted } from "#scenario/keys/codec/codec.ts";
import { methodScenario } from "./method-scenario.ts";
import { resolveFor } from "./effective-choices.ts";
import { runAnswer } from "./run-answer.ts";

/** "Text only: images and the vision tower (420 M parameters) are not included." */
const towers = ({ model }: Pick<Answer, "model">): readonly string[] => {
  const found = towersOf(model.id, model.architecture.model_type);
  if (found === null) return [];
  const { vision, audio } = found;
  const total = vision === null || audio === null ? null : vision + (audio ?? 0);
  const count = total === null ? "" : ` (${formatParams(total)} parameters)`;
  return audio === undefined
    ? [`Text only: images and the vision tower${count} are not included.`]
    : [`Text only: images, audio and their towers${count} are not included.`];
};

const MLX = "PyTorch on MPS. MLX needs far less and is not included.";

/**
 * What the figures do not include, a sentence each: towers of images and audio, MLX on a Mac, and moments of the run that are known only as another library
 * runs them. Said where the figures are.
 */
const notCountedOf = (answer: Pick<Answer, "model" | "gpu" | "methods">, { gpus }: Catalog): readonly string[] => [
  ...towers(answer),
  ...(Object.hasOwn(gpus, answer.gpu.id) && gpus[answer.gpu.id]?.vendor === "Apple" ? [MLX] : []),
  ...new Set(answer.methods.flatMap(({ run }) => run?.moments.flatMap(({ otherRule }) => otherRule ?? []) ?? [])),
];

/**
 * What a scenario takes on a card of a kind.
 *
 * @param availableBytes of the card on which it is seen; absent: of one with room to spare
 */
export const estimateOn = (scenario: Scenario, traits: CardTraits, availableBytes?: Bytes): MemoryEstimate => {
  const estimate = estimated(ENGINE.estimate(scenario));
  const taken = cardMemoryOf(scenario, estimate.peakBytes, traits);
  return withOnCard(estimate, taken.onCard(availableBytes), scenario.gpus);
};

/** The card by the name that was asked for where that is not known. */
const namedGpu = ({ gpu, unknown }: Choices, catalog: Catalog): AnswerGpu => {
  const row = answerGpu(gpu, catalog);
  const asked = unknown.vram ?? unknown.gpu;
  return asked === undefined ? row : { ...row, id: asked, name: asked, shortName: asked };
};

/** The name of the model: the one that was asked for where that is not known, its row's name, its size, or the type of the pasted config, which is text of whoever made it: a line, and no more than a line. */
const modelName = ({ model, unknown }: Choices, catalog: Catalog): string => {
  const asked = unknown.arch ?? unknown.params ?? unknown.model;
  if (asked !== undefined) return asked;
  switch (model.kind) {
    case "catalog":
      return modelRow(model.id, catalog).name;
    case "size":
      return `Custom ${spellSize(model.params)}`;
    case "architecture":
      return `Custom ${quoted(model.architecture.model_type)}`;
    default:
      return model satisfies never;
  }
};

/**
 * The answer to these choices: the model and the card by name, and for each method shown what it takes and whether it fits. Where something that they name
 * is not known there are no methods, and `notKnown` says what. Pure.
 *
 * Available memory = usable − used (GiB × 2^30) − what an engine beside the step has declared.
 */
export const toAnswer = (choices: Choices, catalog: Catalog): Answer => {
  const { model } = choices;
  const architecture = chosenArchitecture(choices, catalog);
  const named = namedTeacher(choices, catalog);
  const statedParameters = model.kind === "size" ? model.params : null;
  const gpu = namedGpu(choices, catalog);
  const notKnown = notKnownOf(choices, catalog);
  const { traits: card } = gpu;
  const usedBytes = bytes(Math.round(choices.used * GIB));
  const available = availableCardBytes(choices, gpu.usableBytes);
  const scenarioOf = methodScenario(choices, catalog);

  const shown = notKnown.length > 0 ? [] : METHODS.filter((method) => choices.show.includes(method));
  const methods = shown.map((method): MethodAnswer => {
    const scenario = scenarioOf(method);
    const estimate = estimateOn(scenario, card, available);
    const lack = cannotRun(choices, method, { card, architecture });
    const answer = { method, scenario, estimate, card: withCannotRun(fitOnCard(estimate, available), lack) };
    const run = runAnswer(choices, answer, available);
    return run === null ? answer : { ...answer, run };
  });
  const estimated = {
    model: {
      id: choices.unknown.model ?? (model.kind === "catalog" ? model.id : "custom"),
      name: modelName(choices, catalog),
      architecture,
      params: methods[0]?.estimate.params ?? statedParameters ?? ENGINE.countParameters(architecture),
    },
    gpu,
    methods,
  };
  return {
    choices,
    resolved: resolveFor(choices, choices.method, { card, architecture }),
    ...named,
    ...estimated,
    usedBytes,
    reservedBytes: vllmReservedBytes(choices, gpu.usableBytes),
    notKnown,
    notCounted: notKnown.length > 0 ? [] : notCountedOf(estimated, catalog),
  };
};
