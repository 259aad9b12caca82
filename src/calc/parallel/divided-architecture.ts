// Architecture and layout of one rank's part with tensor or expert parallelism.

import { type Architecture, type PartOfModel, wholeArchitecture } from "#calc/model/architecture.ts";
import { type Families, tensorPlan } from "#calc/families/families.ts";
import type { ModelLayout, Module } from "#calc/model/layout.ts";
import type { Division } from "#calc/model/scenario.ts";
import { expertWidth } from "#calc/families/parts/experts.ts";
import { onceForEach } from "#calc/base/caches.ts";
import type { Cut, TensorPlan } from "#calc/families/family.ts";

/** A rank's part of a width. */
type Share = (width: number) => number;

/**
 * The layout of a rank where the plan cuts matrices that stand alone: one whose output is gathered (`gathers`) has fewer outputs, one whose input is split
 * (`splits`) fewer inputs, and all around them is whole. The head is whole where the plan says so.
 */
const planned = (
  { part, whole }: Readonly<{ part: ModelLayout; whole: ModelLayout }>,
  { gathers = [], splits = [], head }: TensorPlan,
  share: Share,
): ModelLayout => ({
  ...part,
  head: head === "whole" ? whole.head : part.head,
  layers: part.layers.map((layer) => ({
    ...layer,
    modules: layer.modules.map((module) => {
      if (module.kind !== "linear") return module;
      if (gathers.includes(module.name)) return { ...module, out_features: share(module.out_features) };
      return splits.includes(module.name) ? { ...module, in_features: share(module.in_features) } : module;
    }),
  })),
});

/** The fields of an architecture that each cut divides. Experts without a width of their own are as wide as an MLP (`cut` gives them the field). */
const WIDTHS = {
  mlp: ["intermediate_size"],
  experts: ["moe_intermediate_size"],
  shared: ["shared_expert_intermediate_size"],
  heads: ["num_attention_heads", "num_key_value_heads", "num_global_key_value_heads"],
} as const satisfies Record<Cut, readonly (keyof Architecture)[]>;

/** How many ranks divide matrices, and how many share out experts. */
type Ranks = Pick<Division, "tp_size" | "ep_size">;

/**
 * Shared experts are one MLP of `n_shared_experts` times an expert's width. Where they stay whole and that width is cut, N times as many do; where they are cut
 * and the width is not, because ranks share out experts, 1/N as many.
 */
const sharedExperts = (count: number, isCut: boolean, { tp_size, ep_size = 1 }: Ranks): number => {
  if (ep_size > 1) return isCut ? count / tp_size : count;
  return isCut ? count : count * tp_size;
};

const cut = (families: Families, a: Architecture, ranks: Ranks): PartOfModel => {
  const share: Share = (width) => Math.ceil(width / ranks.tp_size);
  const plan = tensorPlan(families, a.model_type) ?? { cuts: ["heads", "mlp", "experts"] };
  const whole = { ...a, ...(a.num_experts && { moe_intermediate_size: expertWidth(a) }) };
  const cuts = plan.cuts.filter((what) => what !== "experts" || (ranks.ep_size ?? 1) === 1);
  const fields = cuts.flatMap((what) => WIDTHS[what]).filter((field) => whole[field] !== undefined);
  const shared = sharedExperts(a.n_shared_experts ?? 0, cuts.includes("shared"), ranks);
  const divided: Architecture = {
    ...whole,
    vocab_size: share(a.vocab_size),
    ...(shared > 0 && { n_shared_experts: shared }),
    ...Object.fromEntries(fields.map((field) => [field, share(whole[field] ?? 0)])),
  };
  const isPlanned = plan.gathers !== undefined || plan.head !== undefined;
  const layout = isPlanned
    ? planned({ part: families.layoutOf(divided), whole: families.layoutOf(a) }, plan, share)
    : null;
  return { ...divided, whole: a, layout };
};

/** Whole experts, 1/N of them; the router knows all. */
const withOwnExperts = (layout: ModelLayout, ranks: number): ModelLayout => ({
  ...layout,
  layers: layout.layers.map((layer) => ({
    ...layer,
    modules: layer.modules.map((module) =>
      module.kind === "experts"
        ? {
            ...module,
            num_experts: module.num_experts / ranks,
            tensors: module.tensors.map(({ shape: [count = 0, ...rest], ...tensor }) => ({
              ...tensor,
              shape: [count / ranks, ...rest],
            })),
          }
        : module,
    ),
  })),
});

/** The same object for each model and numbers of ranks, so that caches that are keyed by it find it again. */
const parts = onceForEach<Families, (whole: Architecture) => Map<string, Architecture>>(() =>
  onceForEach<Architecture, Map<string, Architecture>>(() => new Map()),
);

const partOf = (families: Families, architecture: Architecture, ranks: Ranks): PartOfModel => {
  const { tp_size, ep_size = 1 } = ranks;
  const part =
    tp_size === 1 ? { ...architecture, whole: architecture, layout: null } : cut(families, architecture, ranks);
  return ep_size === 1 ? part : { ...part, layout: withOwnExperts(families.layoutOf(part), ep_size) };
};

/**
 * The part of a model that the first of N ranks has where they divide its matrices: a / N heads of queries, k / N of keys and values, ⌈f / N⌉ of each MLP
 * and expert, ⌈V / N⌉ rows of embedding and head. Hidden states, norms and routers stay whole. Every width inside a layer follows from these fields, and so
 * do LoRA's factors: B is cut with a matrix that is cut by columns, A with one that is cut by rows. Where ranks divide experts, a rank has 1/N of them.
 *
 * @see transformers 5.24, distributed/tensor_parallel.py, `ColwiseParallel`, `RowwiseParallel`, `EmbeddingParallel`; distributed/expert_parallel.py,
 * `MoEParamShard`; peft 0.21, tuners/lora/model.py, `add_lora_tp_hooks_dtensor`
 */
export const dividedArchitecture = (families: Families, architecture: Architecture, ranks: Ranks): Architecture => {
  const { tp_size, ep_size = 1 } = ranks;
  if (tp_size === 1 && ep_size === 1) return architecture;
  const known = parts(families)(architecture);
  const key = `${tp_size}/${ep_size}`;
  const part = known.get(key) ?? partOf(families, architecture, ranks);
  known.set(key, part);
  return part;
};

const inOneType = (module: Module): Module =>
  module.kind === "other" ? { ...module, tensors: module.tensors.map(({ name, shape }) => ({ name, shape })) } : module;

/** The same object for each part of a model. */
const mixed = onceForEach<Families, (part: Architecture) => PartOfModel>((families) =>
  onceForEach<Architecture, PartOfModel>((part) => {
    const layout = families.layoutOf(part);
    return {
      ...part,
      whole: wholeArchitecture(part),
      layout: { ...layout, layers: layout.layers.map((each) => ({ ...each, modules: each.modules.map(inOneType) })) },
    };
  }),
);

/** A part of a model as mixed precision gathers it: what stays fp32 in a model of 16 bits, too, in 16 bits. @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `init_dtype_attrs` */
export const gatheredInOneType = (families: Families, part: Architecture): Architecture => mixed(families)(part);
