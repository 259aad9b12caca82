import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Method, ModellingId, Quantization } from "#calc/model/scenario.ts";
import type { ModuleTensor } from "./base-tensors.ts";
import { expertQuantization } from "./weights/expert-quantization.ts";
import { kbitFormat } from "./weights/kbit-format.ts";

/** What decides which parameters there are, and how each is kept: a scenario has it, and so have the options of a step. */
export type Keeping = Readonly<{ method: Method; weights: ParameterFormat; modelling: ModellingId }>;

/** The same of a run that trains adapters. */
export type KeepingAdapters = Keeping & Readonly<{ method: Exclude<Method, { kind: "full" }> }>;

/** How a quantisation packs this tensor of the base: it takes the weights of linear modules, fused experts where a library does so, and under a flat rule everything. */
export const quantizationOf = (tensor: ModuleTensor, { method }: Pick<Keeping, "method">): Quantization | null => {
  const { role, kept } = tensor;
  if (method.kind === "qlora" && method.quantization.kind === "flat") return method.quantization;
  if (role === "experts") return expertQuantization(tensor, method);
  return method.kind === "qlora" && role === "linear" && kept !== "whole" ? method.quantization : null;
};

/** What a tensor of the base is kept in that is not quantised, and its copy. */
export const formatOf = (tensor: ModuleTensor, { method, weights }: Omit<Keeping, "modelling">): ParameterFormat => {
  if (tensor.kept === "fp32") return "fp32";
  return method.kind === "qlora" ? kbitFormat(tensor, weights, method) : weights;
};
