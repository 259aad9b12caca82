import { fitOnCard, orCannotRun } from "#calc/card/fit-on-card.ts";
import { bytes, GIB } from "#calc/base/quantity.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Answer, AnswerGpu, MethodAnswer } from "./answer.ts";
import { answerGpu } from "./answer-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { namedTeacher } from "./asked-teacher.ts";
import { cannotRun } from "./cannot-run.ts";
import { chosenArchitecture } from "./chosen-architecture.ts";
import { spellSize } from "#scenario/keys/codec/spell-size.ts";
import { notCountedOf } from "./not-counted.ts";
import { notKnownOf } from "./not-known.ts";
import { quoted } from "#scenario/keys/codec/quoted.ts";
import { modelRow } from "./model-architecture.ts";
import { estimateOn } from "./estimate-on.ts";
import { availableOn, reservedOn } from "./in-use.ts";
import { methodScenario } from "./method-scenario.ts";
import { resolveFor } from "./resolve-for.ts";
import { runAnswer } from "./run-answer.ts";

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
  const available = availableOn(choices, gpu.usableBytes);
  const scenarioOf = methodScenario(choices, catalog);

  const shown = notKnown.length > 0 ? [] : METHODS.filter((method) => choices.show.includes(method));
  const methods = shown.map((method): MethodAnswer => {
    const scenario = scenarioOf(method);
    const estimate = estimateOn(scenario, card, available);
    const lack = cannotRun(choices, method, { card, architecture });
    const answer = { method, scenario, estimate, card: orCannotRun(fitOnCard(estimate, available), lack) };
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
    reservedBytes: reservedOn(choices, gpu.usableBytes),
    notKnown,
    notCounted: notKnown.length > 0 ? [] : notCountedOf(estimated, catalog),
  };
};
