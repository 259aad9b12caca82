import { modulesOf } from "./families/modules-of.ts";
import type { ExpertsModule } from "#calc/model/layout.ts";
import type { AskedAdapters } from "#calc/model/asked-adapters.ts";
import { tunerOf } from "./modules/tuners/tuner-of.ts";
import { modulePlanner } from "./parameters/plan.ts";
import { areLinears, targetedExperts } from "./parameters/targeted-experts.ts";
import type { Workings } from "./step/workings.ts";

/** A parameter of fused experts, or of their router, that PEFT wraps: the end of its path ("mlp.experts.gate_up_proj"), and the rank of one expert's adapter. */
export type AdaptedParameter = Readonly<{ path: string; r: number }>;

/** Blocks of experts that have adapters by the plan of a run's parameters, and which of their matrices. Routers are among them. */
const adaptedBlocks = (
  { families, tuners }: Workings,
  { architecture, method, modelling }: AskedAdapters,
): readonly (readonly [ExpertsModule, ReadonlySet<string>])[] => {
  const layout = families.layoutOf(architecture);
  const tunerTensors = tunerOf(tuners, method)?.tensors ?? null;
  // Which adapters there are does not go by how weights are kept.
  const planOf = modulePlanner({ layout, keeping: { method, modelling, weights: "bf16" }, tunerTensors });
  return modulesOf(layout).flatMap(({ module }) =>
    module.kind === "experts" ? [[module, new Set(planOf(module).adapters.map(({ path }) => path))] as const] : [],
  );
};

/** Whether adapters of a run stand beside experts, fused or linears, by the plan of its parameters; one beside their router alone does not. */
export const adaptsExperts = (workings: Workings, asked: AskedAdapters): boolean =>
  adaptedBlocks(workings, asked).some(([{ name }, paths]) => [...paths].some((path) => path.startsWith(`${name}.`)));

/**
 * The parameters beside which a run has adapters, each once: those of fused experts and of their routers. Linears are none of them.
 *
 * @see peft@0.21.2:tuners/lora/layer.py, `ParamWrapper`
 */
export const adaptedParameters = (workings: Workings, asked: AskedAdapters): readonly AdaptedParameter[] => {
  const { method, modelling } = asked;
  if (method.kind === "full") return [];
  const found = new Map<string, AdaptedParameter>();
  for (const [module, paths] of adaptedBlocks(workings, asked)) {
    if (areLinears(module, method.lora, modelling)) continue;
    for (const [{ path }, rank] of targetedExperts(module, method.lora, modelling)) {
      if (!paths.has(path)) continue;
      // A router is a module of its own, whose parameter is its weight.
      const isStack = path.startsWith(`${module.name}.`);
      const end = isStack ? path : `${path}.weight`;
      found.set(end, { path: end, r: isStack ? rank / module.num_experts : rank });
    }
  }
  return [...found.values()];
};
