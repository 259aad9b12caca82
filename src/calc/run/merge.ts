import { allocated } from "#calc/base/allocation.ts";
import { bytesPerParameter } from "#calc/base/dtype.ts";
import { bytes } from "#calc/base/quantity.ts";
import { isFlat } from "#calc/model/is-flat.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { tunerIdOf } from "#calc/model/tuner-id.ts";
import type { PlannedAdapter } from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";
import { inStock } from "./in-stock.ts";
import { loadedFormat } from "./load-tensor.ts";
import { type MergedMatrix, type Merging, mergeMatrix } from "./merge-matrix.ts";
import { type ModelOfRun, modelOfRun, type PlacedModule } from "./model-modules.ts";
import { WEIGHTS } from "./quantize.ts";
import type { MakeRunMoment } from "./run-input.ts";
import { afterStep } from "./standing.ts";
import { ADAPTERS } from "./wrap.ts";

/** The parameter that an adapter stands beside: the module's weight, or the one of that name among experts. */
const besideOf = ({ module, plan }: PlacedModule, { path }: PlannedAdapter): PlannedTensor | undefined =>
  module.kind === "experts" ? plan.base.find(({ name }) => name === path) : plan.base[0];

const matrixOf = (tensor: PlannedTensor, { tensors }: PlannedAdapter, scenario: Scenario): MergedMatrix => {
  const { elements, shape, format, quantization } = tensor;
  return {
    elements,
    columns: shape.at(-1) ?? 1,
    weightBytes: bytesPerParameter(quantization === null ? format : loadedFormat(tensor, scenario.weights)),
    adapterBytes: Math.max(...tensors.map((each) => bytesPerParameter(each.format))),
    quantization,
    role: tensor.role === "experts" || tensor.role === "embedding" ? tensor.role : "linear",
  };
};

const sizeOf = ({ elements, format }: PlannedTensor): number => allocated(elements * bytesPerParameter(format));

/** Whether a tied head goes on with a module's weight when a copy has taken the module's place. */
const isTied = ({ layout: { head, embeddings } }: ModelOfRun, { module }: PlacedModule): boolean =>
  head.tied && module === embeddings[0];

/** Merges what stands beside one module, and drops it. */
const mergeModule = (merging: Merging, placed: PlacedModule, scenario: Scenario): void => {
  const { device } = merging;
  const { adapters } = placed.plan;
  // Wrappers of several parameters are around one another: the last is the outermost, and all are there until the last is merged.
  for (const adapter of adapters.toReversed()) {
    const tensor = besideOf(placed, adapter);
    if (tensor !== undefined) mergeMatrix(merging, matrixOf(tensor, adapter, scenario));
  }
  const own = adapters.flatMap(({ tensors }) => tensors).filter(({ origin }) => origin !== "shared");
  device.free(...own.map((tensor) => ({ name: ADAPTERS, bytes: sizeOf(tensor) })));
};

/** Copies take the place of what they copied, which goes. */
const unloadCopies = ({ device }: Merging, { plan: { base, copies } }: PlacedModule): void => {
  if (copies.length > 0) device.free(...base.map((tensor) => ({ name: WEIGHTS, bytes: sizeOf(tensor) })));
};

/** Tuners that PEFT merges as LoRA: a product of two matrices, and its multiple. */
const BY_PRODUCT = new Set(["lora", "lorafa"]);

/** LitGPT and torchtune merge on the host. */
const MERGES_ON_HOST = /^(litgpt|torchtune)/;

const isMerged = ({ method, modelling, gpus, division }: Scenario): boolean => {
  const tuner = tunerIdOf(method);
  return (
    tuner !== null &&
    BY_PRODUCT.has(tuner) &&
    !MERGES_ON_HOST.test(modelling) &&
    division === undefined &&
    (gpus === 1 || method.kind !== "full")
  );
};

/** Whether the rows show it: experts as bitsandbytes leaves them. */
const isRun = (scenario: Scenario): boolean =>
  inStock(scenario) && (scenario.method.kind === "full" || scenario.method.experts === undefined);

/**
 * `merge_and_unload()` after the last step, in the process that trained: module by module, adapters freed as it goes. Optimizer states are there as long as the
 * trainer is. null for tuners whose merging nobody has read, and where libraries merge on the host.
 */
export const merge: MakeRunMoment = ({ workings, scenario, asked, machine, step }) => {
  if (asked.merge === "none" || isFlat(scenario) || !isMerged(scenario)) return null;
  if (!["none", "ddp"].includes(scenario.sharding)) return null;
  const device = afterStep(workings, { scenario, machine, step });
  const merging = { device, isSafe: asked.merge === "safe" };
  const model = modelOfRun(workings, scenario, machine);
  for (const module of model.modules) {
    mergeModule(merging, module, scenario);
    if (!isTied(model, module)) unloadCopies(merging, module);
  }
  return { id: "merge", ...device.endMoment(), hostBytes: bytes(0), basis: isRun(scenario) ? "run" : "read" };
};
