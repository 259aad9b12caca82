import type { Architecture } from "#calc/model/architecture.ts";
import type { Families } from "#calc/families/families.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import { expertWidth } from "#calc/families/parts/tensors/experts.ts";
import type { PartOfModel } from "#calc/model/part-of-model.ts";
import { onceForEach } from "#calc/base/once-for-each.ts";
import type { Cut, TensorPlan } from "#calc/families/tensor-plan.ts";
import { tensorPlan } from "#calc/families/tensor-plan-of.ts";

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

const cut = (families: Families, a: Architecture, ranks: number): PartOfModel => {
  const share: Share = (width) => Math.ceil(width / ranks);
  const plan = tensorPlan(families, a.model_type) ?? { cuts: ["heads", "mlp", "experts"] };
  const whole = { ...a, ...(a.num_experts && { moe_intermediate_size: expertWidth(a) }) };
  const fields = plan.cuts.flatMap((what) => WIDTHS[what]).filter((field) => whole[field] !== undefined);
  const divided: Architecture = {
    ...whole,
    vocab_size: share(a.vocab_size),
    // Shared experts are one MLP of `n_shared_experts` times an expert's width. Where they stay whole, N times as many of 1/N of the width do.
    ...(a.n_shared_experts && !plan.cuts.includes("shared") && { n_shared_experts: a.n_shared_experts * ranks }),
    ...Object.fromEntries(fields.map((field) => [field, share(whole[field] ?? 0)])),
  };
  const isPlanned = plan.gathers !== undefined || plan.head !== undefined;
  const layout = isPlanned
    ? planned({ part: families.layoutOf(divided), whole: families.layoutOf(a) }, plan, share)
    : null;
  return { ...divided, whole: a, layout };
};

/** The same object for each model and number of ranks, so that caches that are keyed by it find it again. */
const parts = onceForEach<Families, (whole: Architecture) => Map<number, Architecture>>(() =>
  onceForEach<Architecture, Map<number, Architecture>>(() => new Map()),
);

/**
 * The part of a model that the first of N ranks has where they divide its matrices: a / N heads of queries, k / N of keys and values, ⌈f / N⌉ of each MLP
 * and expert, ⌈V / N⌉ rows of embedding and head. Hidden states, norms and routers stay whole. Every width inside a layer follows from these fields, and so
 * do LoRA's factors: B is cut with a matrix that is cut by columns, A with one that is cut by rows.
 *
 * @see transformers 5.24, distributed/tensor_parallel.py, `ColwiseParallel`, `RowwiseParallel`, `EmbeddingParallel`; peft 0.21, tuners/lora/model.py,
 * `add_lora_tp_hooks_dtensor`
 */
export const dividedArchitecture = (families: Families, architecture: Architecture, ranks: number): Architecture => {
  if (ranks === 1) return architecture;
  const known = parts(families)(architecture);
  const part = known.get(ranks) ?? cut(families, architecture, ranks);
  known.set(ranks, part);
  return part;
};
