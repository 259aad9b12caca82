import { allocated } from "#calc/base/allocation.ts";
import { bytesPerParameter } from "#calc/base/dtype.ts";
import { bytes } from "#calc/base/quantity.ts";
import { isFlat } from "#calc/model/is-flat.ts";
import type { Module } from "#calc/model/layout.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment } from "#calc/model/whole-run.ts";
import { tunerIdOf } from "#calc/model/tuner-id.ts";
import type { PlannedAdapter } from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/planned-tensor.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { inStock } from "./in-stock.ts";
import { loadedFormat } from "./load-tensor.ts";
import { type MergedMatrix, type Merging, mergeMatrix } from "./merge-matrix.ts";
import { type ModelOfRun, modelOfRun, type PlacedModule } from "./model-modules.ts";
import { WEIGHTS } from "./quantize.ts";
import type { MakeRunMoment } from "./run-input.ts";
import { afterStep } from "./standing.ts";
import { ADAPTERS } from "./wrap.ts";

/** The parameter that an adapter stands beside, by the adapter's path and where it stands. */
type WeightAt = (place: string, path: string) => PlannedTensor | undefined;

/** A path is a module's, with a weight, or that of a parameter among experts; a tied head's weight is the embedding's. */
const weightsOf = ({ modules, layout }: ModelOfRun): WeightAt => {
  const byPath = new Map(
    modules.flatMap(({ place, plan: { base } }) =>
      base.map((tensor) => [`${place}${tensor.name.replace(/\.weight$/, "")}`, tensor] as const),
    ),
  );
  const tied = layout.head.tied ? layout.head.module.name : null;
  return (place, path) => byPath.get(place + (path === tied ? (layout.embeddings[0]?.name ?? path) : path));
};

/** Whose merge of PEFT it is: parameters of experts and of their routers have the same. */
const roleOf = ({ kind }: Module): MergedMatrix["role"] =>
  kind === "experts" || kind === "embedding" ? kind : "linear";

const matrixOf = (
  tensor: PlannedTensor,
  { tensors }: PlannedAdapter,
  scenario: Scenario,
): Omit<MergedMatrix, "role"> => {
  const { elements, shape, format, quantization } = tensor;
  return {
    elements,
    columns: shape.at(-1) ?? 1,
    weightBytes: bytesPerParameter(quantization === null ? format : loadedFormat(tensor, scenario.weights)),
    adapterBytes: Math.max(...tensors.map((each) => bytesPerParameter(each.format))),
    quantization,
  };
};

const sizeOf = ({ elements, format }: PlannedTensor): number => allocated(elements * bytesPerParameter(format));

/** Whether a tied head goes on with a module's weight when a copy has taken the module's place. */
const isTied = ({ layout: { head, embeddings } }: ModelOfRun, { module }: PlacedModule): boolean =>
  head.tied && module === embeddings[0];

/** What is merged, and which weight each adapter stands beside. */
type Merged = Readonly<{ merging: Merging; scenario: Scenario; weightAt: WeightAt }>;

/** Merges adapters of one module: all are there until the last is merged. Wrappers of several parameters are around one another: the last is the outermost. */
const mergeTogether = (merged: Merged, { place, module }: PlacedModule, adapters: readonly PlannedAdapter[]): void => {
  const { merging, scenario, weightAt } = merged;
  for (const adapter of adapters.toReversed()) {
    const tensor = weightAt(place, adapter.path);
    if (tensor !== undefined) mergeMatrix(merging, { ...matrixOf(tensor, adapter, scenario), role: roleOf(module) });
  }
  const own = adapters.flatMap(({ tensors }) => tensors).filter(({ origin }) => origin !== "shared");
  merging.device.free(...own.map((tensor) => ({ name: ADAPTERS, bytes: sizeOf(tensor) })));
};

/** Merges what stands beside one module, and drops it. An adapter of a router, which is planned with the experts, is a module's of its own before them. */
const mergeModule = (merged: Merged, placed: PlacedModule): void => {
  const { base, adapters } = placed.plan;
  const isOwn = ({ path }: PlannedAdapter): boolean => base.some(({ name }) => name === path);
  const [inside, alone] = [adapters.filter(isOwn), adapters.filter((each) => !isOwn(each))];
  for (const each of alone) mergeTogether(merged, placed, [each]);
  mergeTogether(merged, placed, inside);
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

const momentOf = (device: DeviceMemory, scenario: Scenario): RunMoment => ({
  id: "merge",
  ...device.endMoment(),
  hostBytes: bytes(0),
  basis: isRun(scenario) ? "run" : "read",
});

/**
 * `merge_and_unload()` after the last step, in the process that trained: module by module, adapters freed as it goes. Optimizer states are there as long as the
 * trainer is. null for tuners whose merging nobody has read, and where libraries merge on the host.
 */
export const merge: MakeRunMoment = ({ workings, scenario, asked, machine, step }) => {
  if (asked.merge === "none" || isFlat(scenario) || !isMerged(scenario)) return null;
  if (!["none", "ddp"].includes(scenario.sharding)) return null;
  const device = afterStep(workings, { scenario, machine, step });
  // Where the host has all parameters, it merges them: nothing of them is on the card.
  if (scenario.offload === "all") return momentOf(device, scenario);
  const merging = { device, isSafe: asked.merge === "safe" };
  const model = modelOfRun(workings, scenario, machine);
  const merged = { merging, scenario, weightAt: weightsOf(model) };
  for (const module of model.modules) {
    mergeModule(merged, module);
    if (!isTied(model, module)) unloadCopies(merging, module);
  }
  return momentOf(device, scenario);
};
