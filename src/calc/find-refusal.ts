import { isAlone } from "#calc/model/dividing-ranks.ts";
import type { Refusal, RefusalCode } from "#calc/model/refusal.ts";
import { type Scenario, SHARDINGS } from "#calc/model/scenario.ts";
import { tunerIdOf } from "#calc/model/tuner-id.ts";
import type { Workings } from "./step/workings.ts";
import { whyNotTuner } from "./why-not-tuner.ts";

const refusal = (code: RefusalCode, subject: string, sentence: string): Refusal => ({
  refused: true,
  code,
  subject,
  sentence,
});

const ofModel = ({ families }: Workings, { architecture, teacher }: Scenario): Refusal | null => {
  const types = [architecture, ...(teacher ? [teacher.architecture] : [])].map(({ model_type }) => model_type);
  const unknown = types.find((model_type) => !families.canRun(model_type));
  return unknown === undefined
    ? null
    : refusal("unknown-model", unknown, `This engine knows no code that runs a model of type ${unknown}.`);
};

const ofModelling = ({ families }: Workings, { modelling }: Scenario): Refusal | null =>
  families.hasModelling(modelling)
    ? null
    : refusal("unknown-modelling", modelling, `This engine does not know the modelling code of ${modelling}.`);

const ofOptimizer = ({ optimizers }: Workings, { optim }: Scenario): Refusal | null =>
  Object.hasOwn(optimizers, optim)
    ? null
    : refusal("unknown-optimizer", optim, `This engine does not know the optimizer ${optim}.`);

const ofTuner = (workings: Workings, { method, architecture, modelling, division }: Scenario): Refusal | null => {
  const id = tunerIdOf(method);
  if (id === null || method.kind === "full") return null;
  if (!Object.hasOwn(workings.tuners, id))
    return refusal("unknown-tuner", id, `This engine does not know the tuner ${id}.`);
  const why = whyNotTuner(workings, {
    architecture,
    lora: method.lora,
    modelling,
    quantization: method.kind === "qlora" ? method.quantization : null,
    tp_size: division?.tp_size ?? 1,
  });
  return why === null ? null : refusal("unsuited-tuner", id, `The tuner ${id} ${why}.`);
};

const ofObjective = ({ objectives }: Workings, { objective, trainer }: Scenario): Refusal | null => {
  const isKnown =
    trainer === undefined ? Object.hasOwn(objectives, objective) : objectives[objective]?.older?.[trainer];
  if (isKnown) return null;
  const named = trainer === undefined ? objective : `${objective} of ${trainer}`;
  return refusal("unknown-objective", named, `This engine does not know the objective ${named}.`);
};

const ofStrategy = ({ strategy }: Workings, scenario: Scenario): Refusal | null => {
  if (isAlone(scenario)) return null;
  const { sharding, gpus } = scenario;
  return strategy !== null && SHARDINGS.includes(sharding)
    ? null
    : refusal("unknown-strategy", sharding, `This engine does not know how ${gpus} GPUs share by ${sharding}.`);
};

/** What is done with activations beside keeping them or running whole layers again; null where nothing is. */
const askedOfActivations = (scenario: Scenario): string | null => {
  const { gradient_checkpointing, selective, checkpointsOffloaded, savedTensorsOffloaded } = scenario;
  if (savedTensorsOffloaded) return "saved tensors in host memory";
  if (!gradient_checkpointing) return null;
  if (checkpointsOffloaded) return "checkpoints in host memory";
  return selective === "op" ? "checkpoints by operation" : null;
};

const ofActivations = ({ activations }: Workings, scenario: Scenario): Refusal | null => {
  const asked = askedOfActivations(scenario);
  return asked === null || activations !== null
    ? null
    : refusal("unknown-activations", asked, `This engine does not know ${asked}.`);
};

/** What the flat accounting asks for by name is the model, and whose parameters are trained beside it. */
const OF_ALL = [ofModel, ofModelling, ofOptimizer, ofTuner, ofObjective, ofStrategy, ofActivations] as const;
const OF_FLAT = [ofModel, ofTuner] as const;

/** Why an engine does not estimate a scenario: the first thing that it names and nobody knows; null where all is known. */
export const findRefusal = (workings: Workings, scenario: Scenario): Refusal | null => {
  for (const find of scenario.accounting === "bytes-per-parameter" ? OF_FLAT : OF_ALL) {
    const found = find(workings, scenario);
    if (found !== null) return found;
  }
  return null;
};
