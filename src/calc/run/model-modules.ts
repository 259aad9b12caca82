// The model of a run module by module, where each stands, with its planned parameters and buffers.

import type { Machine } from "#calc/base/machine.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { chainLayers } from "#calc/families/families.ts";
import type { Module, ModelLayout } from "#calc/model/layout.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Buffer, Forward } from "#calc/modules/forward.ts";
import { type Tuner, tunerOf } from "#calc/modules/loaded-modules.ts";
import { type ModulePlan, modulePlanner, type Planned, planParameters } from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import type { Workings } from "#calc/step/workings.ts";
import { cachedByLoadedModel } from "./run-moment.ts";

/** A module of the model, where it stands ("layers.3." or ""), and its parameters in this run. */
export type PlacedModule = Readonly<{ place: string; module: Module; plan: ModulePlan }>;

/** All that a model is made of, module by module. */
export type ModelOfRun = Readonly<{
  layout: ModelLayout;
  /** In the order in which the model has them: embeddings, layers one by one, what follows them, the head. */
  modules: readonly PlacedModule[];
  /** Bytes of each buffer. */
  buffers: readonly number[];
  /** What all adapters share. */
  shared: readonly PlannedTensor[];
  tuner: Tuner | null;
}>;

/** Embeddings of models whose list of layers is called `h` (GPT-2, BLOOM, Falcon). */
const BESIDE_H = new Set(["wte", "word_embeddings"]);

const listOfLayers = ({ embeddings: [first] }: ModelLayout): string =>
  first !== undefined && BESIDE_H.has(first.name) ? "h" : "layers";

const bytesOf = ({ elements, dtype }: Buffer): number => elements * ELEMENT_BYTES[dtype];

/** The model of a scenario, one layer after the other, as a run has it. */
export const modelOfRun = cachedByLoadedModel(
  (workings: Workings, scenario: Scenario, machine: Machine): ModelOfRun => {
    const { families, tuners } = workings;
    const { architecture } = scenario;
    const tuner = tunerOf(tuners, scenario.method);
    const layout = families.layoutOf(architecture);
    const planned: Planned = { layout, keeping: scenario, tunerTensors: tuner?.tensors ?? null };
    const planOf = modulePlanner(planned);
    const forward: Forward = families.modellingOf(architecture.model_type, scenario.modelling).forward;
    const layers = chainLayers(families)(architecture)(forward);
    const options = stepOptionsOf(workings, scenario, machine);
    const placed = (place: string, modules: readonly Module[]): readonly PlacedModule[] =>
      modules.map((module) => ({ place, module, plan: planOf(module) }));
    const list = listOfLayers(layout);
    return {
      layout,
      modules: [
        ...placed("", layout.embeddings),
        ...layers.flatMap(({ modules }, index) => placed(`${list}.${index}.`, modules)),
        ...placed("", [...layout.final, layout.head.module]),
      ],
      buffers: [
        ...forward.buffers(options),
        ...layers.flatMap(({ kind }) => forward.layerBuffers?.(options, kind) ?? []),
      ].map(bytesOf),
      shared: planParameters(planned).shared,
      tuner,
    };
  },
);
