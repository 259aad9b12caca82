import { modulesOf } from "./families/modules-of.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { tunerOf } from "./modules/tuners/tuner-of.ts";
import { modulePlanner } from "./parameters/plan.ts";
import type { Workings } from "./step/workings.ts";

/** Whether adapters of a run stand beside fused experts, by the plan of its parameters; one beside their router alone does not. */
export const adaptsExperts = ({ families, tuners }: Workings, scenario: Scenario): boolean => {
  const layout = families.layoutOf(scenario.architecture);
  const tunerTensors = tunerOf(tuners, scenario.method)?.tensors ?? null;
  const planOf = modulePlanner({ layout, keeping: scenario, tunerTensors });
  return modulesOf(layout).some(
    ({ module }) =>
      module.kind === "experts" && planOf(module).adapters.some(({ path }) => path.startsWith(`${module.name}.`)),
  );
};
