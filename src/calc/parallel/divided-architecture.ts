import type { Architecture } from "#calc/model/architecture.ts";
import { giveLayout, layoutOf } from "#calc/families/layout-of.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import { expertWidth } from "#calc/families/parts/tensors/experts.ts";
import { onceForEach } from "#calc/base/once-for-each.ts";
import type { Cut, TensorPlan } from "#calc/families/tensor-plan.ts";
import { tensorPlan } from "./tensor-plans.ts";

const wholes = new WeakMap<Architecture, Architecture>();

/** The architecture that a rank's part was cut out of; itself where it is whole. */
export const wholeArchitecture = (architecture: Architecture): Architecture => wholes.get(architecture) ?? architecture;

/** A rank's part of a width. */
type Share = (width: number) => number;

/** Of matrices that are gathered behind, or split before, each rank has its part though all around them is whole; a head may be whole. */
const planned = (
  [part, whole]: readonly [ModelLayout, ModelLayout],
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

/** Fields of an architecture that say how wide something is, by what is cut of them; experts that have no width of their own are as wide as an MLP. */
const WIDTHS = {
  mlp: ["intermediate_size"],
  experts: ["moe_intermediate_size"],
  shared: ["shared_expert_intermediate_size"],
  heads: ["num_attention_heads", "num_key_value_heads", "num_global_key_value_heads"],
} as const satisfies Record<Cut, readonly (keyof Architecture)[]>;

const cut = (a: Architecture, ranks: number): Architecture => {
  const share: Share = (width) => Math.ceil(width / ranks);
  const plan = tensorPlan(a.model_type) ?? { cuts: ["heads", "mlp", "experts"] };
  const whole = { ...a, ...(a.num_experts && { moe_intermediate_size: expertWidth(a) }) };
  const fields = plan.cuts.flatMap((what) => WIDTHS[what]).filter((field) => whole[field] !== undefined);
  const divided: Architecture = {
    ...whole,
    vocab_size: share(a.vocab_size),
    // Experts that all tokens go to are as wide as so many others.
    ...(a.n_shared_experts && !plan.cuts.includes("shared") && { n_shared_experts: a.n_shared_experts * ranks }),
    ...Object.fromEntries(fields.map((field) => [field, share(whole[field] ?? 0)])),
  };
  wholes.set(divided, a);
  if (plan.gathers || plan.head) giveLayout(divided, planned([layoutOf({ ...divided }), layoutOf(a)], plan, share));
  return divided;
};

const parts = onceForEach<Architecture, Map<number, Architecture>>(() => new Map());

/**
 * What the first of N ranks has of a model whose matrices are divided: heads and heads of keys / N, ⌈f / N⌉ of each MLP and expert, ⌈V / N⌉ rows of
 * embedding and head. Hidden states, norms and routers stay whole. Every width inside a layer follows from these fields, LoRA's factors too: of a
 * matrix cut by columns B is cut, of one cut by rows A.
 *
 * @see transformers 5.24, distributed/tensor_parallel.py, `ColwiseParallel`, `RowwiseParallel`, `EmbeddingParallel`; peft 0.21, tuners/lora/model.py,
 * `add_lora_tp_hooks_dtensor`
 */
export const dividedArchitecture = (architecture: Architecture, ranks: number): Architecture => {
  if (ranks === 1) return architecture;
  const known = parts(architecture);
  const part = known.get(ranks) ?? cut(architecture, ranks);
  known.set(ranks, part);
  return part;
};
