import type { StepOptions } from "#calc/model/step-options.ts";
import type { Objective } from "#calc/modules/objective.ts";
import { objectiveOf } from "#calc/modules/objectives/objective-of.ts";
import { withPenalties } from "#calc/modules/objectives/with-penalties.ts";
import { tunerOf } from "#calc/modules/tuners/tuner-of.ts";
import type { Workings } from "./workings.ts";
import type { Module } from "#calc/model/layout.ts";
import type { Method } from "#calc/model/scenario.ts";
import type { Tuner } from "#calc/modules/loaded.ts";
import type { ModulePlan, Planned } from "#calc/parameters/plan.ts";
import type { Code } from "./strategy.ts";

/** What a step trains for, with the terms that its tuner adds to the loss. */
export const objectiveOfStep = (
  { objectives, tuners }: Pick<Workings, "objectives" | "tuners">,
  { objective, method, trainer }: StepOptions,
): Objective => {
  const known = objectiveOf(objectives, objective, trainer);
  // Other trainers make their loss themselves, from what a forward returns beside its own.
  return objective === "sft" ? withPenalties(known, tunerOf(tuners, method)) : known;
};

/** The method as the tape runs it: every kind of quantised base as bitsandbytes' 4-bit one. */
const asRun = (method: Method): Method =>
  method.kind !== "qlora" || method.quantization.kind === "bnb-4bit"
    ? method
    : {
        ...method,
        quantization: { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: false },
      };

/** The input from which the tape's parameters are planned. `tuner`: null where a base has nothing beside it, whatever the method. */
export const plannedStep = (
  { families, tuners }: Pick<Code, "families" | "tuners">,
  { architecture, method, weights, modelling }: StepOptions,
  tuner: Tuner | null = tunerOf(tuners, method),
): Planned => ({
  layout: families.layoutOf(architecture),
  keeping: { method: asRun(method), weights, modelling },
  tunerTensors: tuner?.tensors ?? null,
});

/** Whether any parameter of these modules is trained. */
export const isTrained = (planOf: (module: Module) => ModulePlan, modules: readonly Module[]): boolean =>
  modules.some((module) => {
    const { base, adapters, copies } = planOf(module);
    return [...base, ...copies, ...adapters.flatMap(({ tensors }) => tensors)].some(({ trained }) => trained);
  });
