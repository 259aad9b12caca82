import { fusedNames } from "#calc/families/fused-names.ts";
import { lastPart } from "#calc/families/last-part.ts";
import type { EmbeddingModule, ExpertsModule, LinearModule, Module, ModelLayout } from "#calc/model/layout.ts";
import { modulesOf, type CountedModule } from "#calc/families/modules-of.ts";
import { namesModule } from "#calc/families/names-module.ts";
import type { Lora } from "#calc/model/scenario.ts";
import { moduleTensors, tensorGroup, type ModuleTensor } from "./base-tensors.ts";
import type { TensorGroup } from "./tensor-group.ts";

/** A is [rank, in], B [out, rank]; DoRA adds a magnitude [out]. */
const lowRank = (
  name: string,
  [rank, in_features, out_features]: readonly [number, number, number],
  use_dora: boolean,
): readonly ModuleTensor[] => [
  { name: `${name}.lora_A.weight`, shape: [rank, in_features], role: "adapter" },
  { name: `${name}.lora_B.weight`, shape: [out_features, rank], role: "adapter" },
  ...(use_dora
    ? [{ name: `${name}.lora_magnitude_vector.weight`, shape: [out_features], role: "adapter" } as const]
    : []),
];

/**
 * Adapters on fused experts: those of all experts lie in one A and one B, and gate and up fused in one matrix have twice the rank. No DoRA:
 * PEFT's `ParamWrapper` does not know it.
 */
const onExperts = ({ adapted }: ExpertsModule, { r, target_modules }: Lora): readonly ModuleTensor[] =>
  adapted.flatMap(({ name, targets, in_features, out_features, copies }) => {
    const chosen = target_modules === "all-linear" ? targets : targets.filter((old) => target_modules.includes(old));
    return chosen.length > 0 ? lowRank(name, [r * chosen.length * copies, in_features, out_features], false) : [];
  });

const isTargeted = ({ name, kind }: Module, { target_modules }: Lora): boolean =>
  target_modules === "all-linear" ? kind === "linear" : target_modules.some((target) => namesModule(target, name));

const onMatrix = (module: LinearModule | EmbeddingModule, { r, use_dora }: Lora): readonly ModuleTensor[] =>
  lowRank(
    module.name,
    module.kind === "linear"
      ? [r, module.in_features, module.out_features]
      : [r, module.num_embeddings, module.embedding_dim],
    use_dora,
  );

/** PEFT wraps every module whose path ends in one of the names. @see peft/utils/other.py, `_set_trainable` */
const isSaved = ({ name }: Module, { modules_to_save }: Lora): boolean =>
  modules_to_save.some((saved) => name.endsWith(saved));

const adapters = (module: Module, lora: Lora, fused: ReadonlySet<string>): readonly ModuleTensor[] => {
  if (isSaved(module, lora)) return moduleTensors(module);
  switch (module.kind) {
    case "experts":
      return onExperts(module, lora);
    case "linear":
    case "embedding":
      return isTargeted(module, lora) && !fused.has(lastPart(module.name)) ? onMatrix(module, lora) : [];
    case "other":
      return [];
    default:
      return module satisfies never;
  }
};

/**
 * Every tensor that LoRA trains: A and B (and DoRA's magnitude) of each targeted module, of role `adapter`, and whole copies of
 * `modules_to_save`, which keep their role: PEFT casts adapters to fp32 and leaves copies in the base's dtype. The head is adapted when a
 * list names it, never by `all-linear`. @see PEFT 0.21: tuners/lora/layer.py, utils/transformers_weight_conversion.py
 */
export const adapterTensors = (layout: ModelLayout, lora: Lora): readonly TensorGroup[] => {
  const modules = modulesOf(layout);
  const fused = fusedNames(layout);
  const headIsLeft = lora.target_modules === "all-linear" && !isSaved(layout.head.module, lora);
  const head: readonly CountedModule[] = headIsLeft ? [] : [{ module: layout.head.module, count: 1, layerKind: null }];
  return [...modules, ...head].flatMap(({ module, count, layerKind }) =>
    adapters(module, lora, fused).map((tensor) => tensorGroup(tensor, count, layerKind)),
  );
};
