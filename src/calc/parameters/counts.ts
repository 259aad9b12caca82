// Counts of parameters: of the model, its linears, fused experts and adapters, and bytes of tensors of their shapes.

import { modulesOf } from "#calc/families/model-layout.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import type { Lora } from "#calc/model/scenario.ts";
import type { TunerTensors } from "#calc/model/tuners.ts";
import { baseTensors, type TensorGroup, type TrainedTensor } from "./parameter-tensors.ts";
import { planParameters } from "./plan.ts";
import { allocated } from "#calc/base/bytes.ts";
import { type Amount, constant, amountOf, type Sort, type Tally, tallyUp } from "#calc/base/formula.ts";

/** Elements of all tensors together. */
export const countElements = (groups: readonly Pick<TensorGroup, "elements" | "count">[]): number => {
  let total = 0;
  for (const { elements, count } of groups) total += elements * count;
  return total;
};

/** Parameters of the base model, as `sum(p.numel() for p in model.parameters())` counts them: buffers not, tied weights once. */
export const countParameters = (layout: ModelLayout): number => countElements(baseTensors(layout));

/** Weights that bitsandbytes quantises: those of every linear but the head; no biases, no experts fused into 3-D parameters. */
export const countLinearParameters = (layout: ModelLayout): number =>
  countElements(baseTensors(layout).filter(({ role }) => role === "linear"));

/**
 * Weights of fused experts; whether all of these are those of gated MLPs (`gate_up_proj`); whether version 4 of transformers had a linear
 * for each.
 */
export type FusedExperts = Readonly<{ weights: number; isGated: boolean; wereLinears: boolean }>;

/** The fused experts of a model, a matrix for each in one parameter; no weights where it has none, or has each expert's linears. */
export const countFusedExperts = (layout: ModelLayout): FusedExperts => {
  const fused = baseTensors(layout).filter(({ role, shape }) => role === "experts" && shape.length === 3);
  return {
    weights: countElements(fused),
    isGated: fused.some(({ name }) => name.endsWith(".gate_up_proj")),
    wereLinears: modulesOf(layout).some(({ module }) => module.kind === "experts" && module.linears !== undefined),
  };
};

/**
 * What is trained beside a frozen base of transformers 5, as PEFT's `print_trainable_parameters` counts it: a tuner's own tensors, and copies of
 * `modules_to_save` whole.
 */
export const countLoraParameters = (layout: ModelLayout, lora: Lora, tunerTensors: TunerTensors | null): number =>
  countElements(
    planParameters({
      layout,
      keeping: { method: { kind: "lora", lora }, weights: "bf16", modelling: "transformers" },
      tunerTensors,
    }).adapters,
  );

const sortOf = (size: number, copies: number): Sort => ({
  name: "trained parameters",
  factors: copies === 1 ? [constant("bytes each", size)] : [constant("bytes each", size), constant("states", copies)],
});

/**
 * Bytes of `copies` tensors of the shape of each trained tensor, each rounded up to a block: n × bytes × copies.
 *
 * @param bytesOf bytes of one element.
 */
export const elementwiseBytes = (
  tensors: readonly TrainedTensor[],
  copies: number,
  bytesOf: (tensor: TrainedTensor) => number,
): Amount => {
  const tally: Tally = [];
  let size = Number.NaN;
  let sort: Sort = sortOf(0, copies);
  for (const tensor of tensors) {
    // Tensors of one dtype follow one another: one sort serves them all.
    if (bytesOf(tensor) !== size) {
      size = bytesOf(tensor);
      sort = sortOf(size, copies);
    }
    tallyUp(tally, sort, {
      elements: tensor.elements * tensor.count,
      bytes: copies * tensor.count * allocated(tensor.elements * size),
    });
  }
  return amountOf(tally);
};
