// Names in LoRA's `target_modules` that a library can run, and why they differ from the requested ones.

import { modulesOf } from "#calc/families/model-layout.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Lora, ModellingId } from "#calc/model/scenario.ts";
import { targetedMatrices } from "./plan.ts";
import { expertsNamed } from "./fused-expert-targets.ts";

/** Names of `target_modules` that a library can run, and why they are others than were asked for; null: they are the same. */
export type WholeTargets = Readonly<{ names: readonly string[]; why: string | null }>;

/** Those that mean a linear or an embedding. */
const ofModules = (layout: ModelLayout, lora: Lora, names: readonly string[]): readonly string[] =>
  names.filter((name) => targetedMatrices(layout, { ...lora, target_modules: [name] }).length > 0);

/** Names that mean parts of one parameter that is named in part. */
const missing = (layout: ModelLayout, lora: Lora, modelling: ModellingId): readonly string[] => {
  const { target_modules } = lora;
  const isMissing = (name: string): boolean => !target_modules.includes(name);
  return modulesOf(layout).flatMap(({ module }) =>
    module.kind === "experts"
      ? expertsNamed(module, lora, modelling).flatMap(({ targets }) =>
          targets.every(isMissing) ? [] : targets.filter(isMissing),
        )
      : [],
  );
};

/**
 * The names of LoRA's `target_modules` as a library can run them. PEFT raises where it translates one of two names that were fused into one parameter, without the
 * other: that one is added. A library without adapters on fused experts leaves out names that mean nothing else.
 *
 * @see peft@0.21.2:utils/transformers_weight_conversion.py, `_convert_peft_config_moe` ("because they are fused")
 */
export const wholeTargets = (layout: ModelLayout, lora: Lora, modelling: ModellingId): WholeTargets | null => {
  const { target_modules } = lora;
  if (target_modules === "all-linear" || (lora.tuner ?? "lora") !== "lora") return null;
  if (lora.target_parameters?.length === 0) {
    const names = ofModules(layout, lora, target_modules);
    return names.length === target_modules.length
      ? null
      : { names, why: "names experts, which this library puts no adapters on" };
  }
  const added = missing(layout, lora, modelling);
  return added.length === 0
    ? null
    : {
        names: [...new Set([...target_modules, ...added])],
        why: "names a part of what is one parameter of fused experts, and PEFT takes its names together",
      };
};
