import type { AskedDivision } from "#calc/model/asked-division.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Division } from "#calc/model/scenario.ts";
import { modulesOf } from "#calc/families/modules-of.ts";

const WAYS = [
  ["cp", "cp_size", "transformers has no experts in parts beside it"],
  ["ulysses", "ulysses_size", "transformers has no experts in parts beside it"],
  ["pp", "pp_size", "transformers refuses to send tokens in a pipeline"],
] as const satisfies readonly (readonly [key: string, size: keyof Division, why: string])[];

/** What does not go with another way of dividing the model that is there already. */
const besideAnother = (division: Division, ranks: number): string | null => {
  const { tp_size, sequence_parallel } = division;
  if (sequence_parallel) return "does not go with sp=1, which transformers has not";
  if (ranks % tp_size !== 0) return `is no multiple of tp=${tp_size}, whose ranks have the same tokens`;
  const found = WAYS.find(([, size]) => (division[size] ?? 1) > 1);
  if (found === undefined) return null;
  const [key, size, why] = found;
  return `does not go with ${key}=${division[size]}: ${why}`;
};

type Model = Readonly<{ layout: ModelLayout; model_type: string }>;

const ofModel = ({ layout, model_type }: Model, ranks: number): string | null => {
  const [experts] = modulesOf(layout).flatMap(({ module }) => (module.kind === "experts" ? [module] : []));
  if (experts === undefined) return "is for fused experts, and this model has none";
  const { num_experts, undivided } = experts;
  if (undivided !== undefined) return `is not here for ${model_type}, ${undivided}`;
  if (layout.head.tied)
    return "is not here for a head that is tied to the embeddings, whose table FSDP 2 then gathers twice";
  return num_experts % ranks === 0 ? null : `does not divide ${num_experts} experts`;
};

/**
 * Why ranks cannot share out a model's experts; null where they can. `division`: how it is divided otherwise.
 *
 * @see transformers 5.24, distributed/configuration_utils.py, `_validate_mesh_config`, `_validate_resolved_ep_plan`; expert_parallel.py, `MoEParamShard`;
 * models/llama4/configuration_llama4.py, which has no `base_model_ep_plan`; modeling_utils.py, `from_pretrained`: weights are tied after `fully_shard`
 */
export const whyNotExperts = (
  { gpus, ep }: Pick<AskedDivision, "gpus" | "ep">,
  model: Model,
  division: Division,
): string | null =>
  ofModel(model, ep) ??
  besideAnother(division, ep) ??
  (gpus % ep === 0 ? null : `does not divide ${gpus} GPU${gpus === 1 ? "" : "s"}`);
