import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Method, Quantization } from "#calc/model/scenario.ts";
import type { ModuleTensor } from "./base-tensors.ts";
import { kbitFormat } from "./weights/kbit-format.ts";

/** What decides how a parameter is kept: a scenario has it, and so have the options of a step. */
export type Keeping = Readonly<{ method: Method; weights: ParameterFormat }>;

/** The same of a run that trains adapters. */
export type KeepingAdapters = Keeping & Readonly<{ method: Exclude<Method, { kind: "full" }> }>;

/** How a quantisation packs this tensor of the base: it takes the weights of linear modules, and under a flat rule everything. */
export const quantizationOf = ({ role, kept }: ModuleTensor, { method }: Keeping): Quantization | null => {
  if (method.kind !== "qlora") return null;
  const isTaken = (role === "linear" && kept !== "whole") || method.quantization.kind === "flat";
  return isTaken ? method.quantization : null;
};

/** What a tensor of the base is kept in that is not quantised, and its copy. */
export const formatOf = (tensor: ModuleTensor, { method, weights }: Keeping): ParameterFormat => {
  if (tensor.kept === "fp32") return "fp32";
  return method.kind === "qlora" ? kbitFormat(tensor, weights, method) : weights;
};
