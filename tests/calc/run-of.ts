import type { StepOptions } from "#calc/model/step-options.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import type { Run } from "#calc/step/trace.ts";
import { FAMILIES, WORKINGS } from "./workings.ts";

/** What is run on paper for these options: as many layers as a compiled step has (`run`), or every layer of the model (`layers`). */
export const runOf = (options: StepOptions, which: "run" | "layers" = "run"): Run => {
  const { architecture, modelling } = options;
  const { forward } = FAMILIES.modellingOf(architecture.model_type, modelling);
  const chain = runChainOf(WORKINGS, options, { forward })[which];
  return { forward, layout: FAMILIES.layoutOf(architecture), chain };
};
