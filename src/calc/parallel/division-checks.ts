// Reasons why ranks cannot divide a model by tensor, sequence, expert or pipeline parallelism.

import type { AskedDivision, CheckedDivision, RefusedDivision } from "#calc/model/division.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Division } from "#calc/model/scenario.ts";
import { modulesOf } from "#calc/families/model-layout.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { type Families, tensorPlan } from "#calc/families/families.ts";
import { type ModelType, isNone, type TensorPlan } from "#calc/families/family.ts";

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
const whyNotExperts = (
  { gpus, ep }: Pick<AskedDivision, "gpus" | "ep">,
  model: Model,
  division: Division,
): string | null =>
  ofModel(model, ep) ??
  besideAnother(division, ep) ??
  (gpus % ep === 0 ? null : `does not divide ${gpus} GPU${gpus === 1 ? "" : "s"}`);

/** A model, and what is known of its type and of its nearest kin. */
type CheckDivisionModel = Readonly<{
  a: Architecture;
  plan: TensorPlan | undefined;
  type: ModelType | undefined;
  kin: ModelType | undefined;
}>;

const plural = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

/** Why so many ranks cannot divide the matrices. A head is never split. MLPs and the vocabulary may divide unevenly: the last rank has less. */
const whyNotTensor = ({ a, plan }: CheckDivisionModel, ranks: number): string | null => {
  if (!plan) return `is not here for ${a.model_type}: transformers has no plan that divides it, or none that trains`;
  if (!plan.cuts.includes("heads")) return null;
  const { num_attention_heads: heads, num_key_value_heads: ofKeys, num_global_key_value_heads: ofAll = ofKeys } = a;
  if (heads % ranks !== 0) return `does not divide ${plural(heads, "attention head")}`;
  const undivided = [ofKeys, ofAll].find((count) => count % ranks !== 0);
  return undivided === undefined ? null : `does not divide ${plural(undivided, "key-value head")}`;
};

const HANDED = "whose layers are handed more than hidden states";

/** Why hidden states cannot be divided between blocks. In torchtitan's plan every block is divided by columns first and then by rows. */
const whyNotSequence = ({ sp }: AskedDivision, { a, plan }: CheckDivisionModel, ranks: number): string | null => {
  const { model_type } = a;
  if (!sp) return null;
  if (ranks === 1) return "belongs to tp above 1";
  if (a.hidden_size_per_layer_input) return `is not here for ${model_type}, ${HANDED}`;
  const { cuts = [], ...others } = plan ?? {};
  const isByColumnsAndRows = cuts.includes("heads") && cuts.includes("mlp") && Object.keys(others).length === 0;
  return isByColumnsAndRows
    ? null
    : `is not here for ${model_type}, of which not all blocks are divided by columns and rows`;
};

/** Why a sequence cannot be divided. @see transformers 5.24, trainer.py, `_prepare_context_parallel_inputs`: only sdpa can */
const whyNotContext = ({ attn }: AskedDivision, { a, kin }: CheckDivisionModel): string | null => {
  if (attn !== null && attn !== "sdpa") return `goes with attn=sdpa, and attn is ${attn}`;
  return isNone(kin?.contextParallel)
    ? `is not here for ${a.model_type}, where not all layers are attention in one kernel`
    : null;
};

/** Why ranks cannot share out heads. @see deepspeed 0.19, ulysses_sp.py, `UlyssesSPAttentionHF.__init__`, `register_with_transformers`; accelerate 1.15, parallelism_config.py */
const whyNotUlysses = (
  { attn, ulysses }: AskedDivision,
  { a, type }: CheckDivisionModel,
  { tp, cp }: Readonly<{ tp: number; cp: number }>,
): string | null => {
  if (cp > 1) return `divides the sequence as cp does, and cp is ${cp}`;
  if (tp > 1) return `shares out all of a model’s heads, of which a rank has a part where tp is ${tp}`;
  if (attn === "eager") return "goes with attn=sdpa or attn=flash, and attn is eager";
  if (type?.ulysses !== true)
    return `is not here for ${a.model_type}, whose attention DeepSpeed’s Ulysses cannot stand around`;
  const { num_attention_heads: heads, num_key_value_heads: ofKeys } = a;
  if (heads % ulysses !== 0) return `does not divide ${plural(heads, "attention head")}`;
  return ofKeys % ulysses === 0 || ulysses % ofKeys === 0
    ? null
    : `neither divides ${plural(ofKeys, "key-value head")} nor is divided by them`;
};

/** Why layers cannot be divided. @see torch/distributed/pipelining/schedules.py, `Schedule1F1B.__init__`: no fewer micro batches than stages */
const whyNotPipeline = (
  { pp, accum }: AskedDivision,
  { a, kin }: CheckDivisionModel,
  ulysses: number,
): string | null => {
  if (ulysses > 1) return `does not go with DeepSpeed’s Ulysses, and ulysses is ${ulysses}`;
  if (isNone(kin?.pipeline)) return `is not here for ${a.model_type}, ${HANDED}`;
  if (pp > a.num_hidden_layers) return `is more than ${plural(a.num_hidden_layers, "layer")}`;
  return accum < pp ? `takes at least ${pp} micro batches, and accum is ${accum}` : null;
};

/** Among how many of the ranks that are left experts are shared out; absent: each has all. */
const sharedExperts = (
  asked: AskedDivision,
  model: Readonly<{ layout: ModelLayout; model_type: string }>,
  division: Division,
): Readonly<{ ep_size?: number; refused: readonly RefusedDivision[] }> => {
  const { ep } = asked;
  if (ep === 1) return { refused: [] };
  const why = whyNotExperts(asked, model, division);
  return why === null ? { ep_size: ep, refused: [] } : { refused: [{ key: "ep", value: `${ep}`, used: "1", why }] };
};

/**
 * How GPUs divide a model. Each number of ranks is used as asked where heads, layers and GPUs allow it, and else is 1; they are checked in the order tensor,
 * context, Ulysses, pipeline, experts. GPUs beyond the product of the first four have the same parts and divide the batch; experts are shared out among these.
 */
export const checkDivision = (
  families: Families,
  asked: AskedDivision,
  architecture: Architecture,
): CheckedDivision => {
  const { gpus } = asked;
  const { model_type } = architecture;
  const model: CheckDivisionModel = {
    a: architecture,
    plan: tensorPlan(families, model_type),
    type: families.findModelType(model_type),
    kin: families.findKin(model_type),
  };
  const refused: RefusedDivision[] = [];
  let taken = 1;
  const used = (key: "tp" | "cp" | "ulysses" | "pp", whyNot: string | null): number => {
    const ranks = asked[key];
    if (ranks === 1) return 1;
    const fits = gpus % (taken * ranks) === 0;
    const others = taken === 1 ? "" : ` times the ${taken} ranks before it`;
    const why = whyNot ?? (fits ? null : `${others} does not divide ${plural(gpus, "GPU")}`.trim());
    if (why !== null) {
      refused.push({ key, value: `${ranks}`, used: "1", why });
      return 1;
    }
    taken *= ranks;
    return ranks;
  };
  const tp_size = used("tp", whyNotTensor(model, asked.tp));
  const whyNot = whyNotSequence(asked, model, tp_size);
  if (whyNot !== null) refused.push({ key: "sp", value: "1", used: "0", why: whyNot });
  const sequence_parallel = asked.sp && whyNot === null;
  const loss_parallel = asked.dividesLoss && tp_size > 1;
  if (asked.loss === "parallel" && !loss_parallel)
    refused.push({ key: "loss", value: "parallel", used: "full", why: "belongs to tp above 1" });
  const cp_size = used("cp", whyNotContext(asked, model));
  const ulysses_size = used("ulysses", whyNotUlysses(asked, model, { tp: tp_size, cp: cp_size }));
  const pp_size = used("pp", whyNotPipeline(asked, model, ulysses_size));
  const division = { tp_size, sequence_parallel, loss_parallel, cp_size, ulysses_size, pp_size };
  const experts = sharedExperts(asked, { model_type, layout: families.layoutOf(architecture) }, division);
  const { ep_size } = experts;
  const isDivided = taken > 1 || ep_size !== undefined;
  return {
    refused: [...refused, ...experts.refused],
    ...(isDivided && { division: { ...division, ...(ep_size !== undefined && { ep_size }) } }),
  };
};
