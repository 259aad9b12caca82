// Memory that a GPU holds throughout a step: planned weights, adapters, optimizer states, reference models.

import type { StepOptions } from "#calc/model/step-options.ts";
import type { Lora, Method, Scenario } from "#calc/model/scenario.ts";
import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { type Amount, NOTHING, plus, constant } from "#calc/base/formula.ts";
import type { Machine } from "#calc/base/machine.ts";
import type { Families } from "#calc/families/families.ts";
import { isCopy } from "#calc/model/objective.ts";
import { tunerOf } from "#calc/modules/loaded-modules.ts";
import { optimizerStates, optimizerTemporaries, optimizerOf } from "#calc/optimizers/optimizer.ts";
import { elementwiseBytes } from "#calc/parameters/counts.ts";
import { planParameters } from "#calc/parameters/plan.ts";
import { type PlannedTensor, trainedTensors } from "#calc/parameters/parameter-tensors.ts";
import { baseWeightBytes } from "#calc/parameters/weight-bytes.ts";
import type { Code } from "./strategy.ts";
import type { ModelsBeside, Holdings, StepInput } from "./holdings.ts";
import { strategyOf, type Workings } from "./workings.ts";

/** A base that nothing stands beside. */
const NO_ADAPTERS: Lora = {
  r: 1,
  lora_alpha: 1,
  lora_dropout: 0,
  target_modules: [],
  target_parameters: [],
  use_dora: false,
  modules_to_save: [],
  adapters: "fp32",
};

/**
 * How the parameters of a copy of the policy are kept, as those of a method: whole, or with packed linears, which nobody prepares for training.
 *
 * @see transformers 5.24, integrations/bitsandbytes.py, `replace_with_bnb_linear`
 */
export const copyMethod = ({
  reference,
  wholeStatistics,
}: Pick<StepOptions, "reference" | "wholeStatistics">): Method =>
  reference === "copy-4bit"
    ? {
        kind: "qlora",
        lora: NO_ADAPTERS,
        quantization: {
          kind: "bnb-4bit",
          bnb_4bit_quant_type: "nf4",
          bnb_4bit_use_double_quant: wholeStatistics !== true,
        },
        kbitPreparation: "none",
      }
    : { kind: "full" };

/** Plans the tensors of a scenario's model. */
export const stepInputOf = (
  { families, tuners }: Pick<Code, "families" | "tuners">,
  scenario: Scenario,
  machine: Machine,
): StepInput => {
  const layout = families.layoutOf(scenario.architecture);
  const tunerTensors = tunerOf(tuners, scenario.method)?.tensors ?? null;
  const { base, adapters } = planParameters({ layout, keeping: scenario, tunerTensors });
  return { scenario, machine, layout, base, adapters };
};

const cublasOf = ({ cublasWorkspaceBytes: bytes }: Machine): Amount =>
  bytes === 0 ? NOTHING : { bytes, formula: [constant("cuBLAS workspaces", bytes)] };

/** `found_inf` and the inverse of the scale, a block each, while gradients are unscaled. @see torch/amp/grad_scaler.py, `unscale_` */
const scalerOf = ({ scalesLoss }: Scenario): Amount => {
  const bytes = 2 * BLOCK_BYTES;
  return scalesLoss ? { bytes, formula: [constant("scalars of the loss scaler", bytes)] } : NOTHING;
};

/** The parameters of a copy of the policy, in its type or packed, where the objective holds it against one. */
export const tensorsOfCopy = (layoutOf: Families["layoutOf"], scenario: Scenario): readonly PlannedTensor[] => {
  if (!isCopy(scenario.reference)) return [];
  const keeping = { ...scenario, method: copyMethod(scenario) };
  return planParameters({ layout: layoutOf(scenario.architecture), keeping, tunerTensors: null }).base;
};

/** The parameters of the model that another is distilled from. */
const tensorsOfTeacher = (families: Code["families"], { teacher, modelling }: Scenario): readonly PlannedTensor[] => {
  if (teacher === undefined) return [];
  const { architecture, weights } = teacher;
  const keeping = { weights, modelling, method: { kind: "full" } } as const;
  return planParameters({ layout: families.layoutOf(architecture), keeping, tunerTensors: null }).base;
};

/** All parameters of the models beside the trained one. */
export const modelsBeside = (families: Code["families"], scenario: Scenario): ModelsBeside => ({
  copy: tensorsOfCopy(families.layoutOf, scenario),
  teacher: tensorsOfTeacher(families, scenario),
});

/** The weights of models beside the trained one. */
export const weightsOfModels = ({ copy, teacher }: ModelsBeside): Amount =>
  plus(baseWeightBytes(copy), baseWeightBytes(teacher));

/** The weights of models that run beside the trained one. */
export const weightsBeside = (families: Code["families"], scenario: Scenario): Amount =>
  weightsOfModels(modelsBeside(families, scenario));

/** What a GPU holds where all tensors of the input are its own. */
export const holdingsOfOneGpu = (
  { optimizers, families }: Code,
  { scenario, machine, base, adapters }: StepInput,
  beside = modelsBeside(families, scenario),
): Holdings => {
  const optimizer = optimizerOf(optimizers, scenario.optim);
  const states = scenario.method.kind === "full" ? base : adapters;
  const trained = trainedTensors(scenario, states);
  return {
    kept: { scenario, base, adapters, states, beside },
    scales: NOTHING,
    weights: plus(baseWeightBytes(base), weightsOfModels(beside)),
    beside: weightsOfModels(beside),
    adapters: adapters.length === 0 ? NOTHING : elementwiseBytes(trained, 1, (tensor) => tensor.parameterBytes),
    optimizer: optimizerStates(optimizer, { scenario, machine }, trained),
    optimizerTemporaries: plus(optimizerTemporaries(optimizer, trained), scalerOf(scenario)),
    gradients: NOTHING,
    cublas: cublasOf(machine),
    buffers: NOTHING,
    host: NOTHING,
  };
};

/** Everything that one rank holds beside the tensors of forward and backward. */
export const holdingsOf = (workings: Workings, input: StepInput): Holdings =>
  strategyOf(workings, input.scenario)?.holdings(workings, input) ?? holdingsOfOneGpu(workings, input);
