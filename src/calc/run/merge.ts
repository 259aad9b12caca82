// Merging of adapters into the base weights, matrix by matrix.

import { allocated, BLOCK_BYTES, bytes } from "#calc/base/bytes.ts";
import { ELEMENT_BYTES, bytesPerParameter } from "#calc/base/dtypes.ts";
import type { Quantization, Scenario } from "#calc/model/scenario.ts";
import type { DeviceMemory, Held } from "./device-memory.ts";
import { loadedFormat } from "./load-model.ts";
import { blocksOf4bit, maximaBytes, quantize4bit, quantize8bit, WEIGHTS } from "./quantization.ts";
import { isFlat } from "#calc/model/scenario-traits.ts";
import type { Module } from "#calc/model/layout.ts";
import type { RunMoment } from "#calc/model/whole-run.ts";
import { tunerIdOf } from "#calc/model/tuners.ts";
import type { PlannedAdapter } from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { isStockTransformers, deviceAfterStep } from "./shards.ts";
import { type ModelOfRun, modelOfRun, type PlacedModule } from "./model-modules.ts";
import type { MakeRunMoment } from "./run-moment.ts";
import { ADAPTERS } from "./peft-preparation.ts";

/** A matrix that adapters are merged into: its weights, bytes of an element of it (packed: of what it was packed from) and of the adapters'. */
type MergedMatrix = Readonly<{
  elements: number;
  columns: number;
  weightBytes: number;
  adapterBytes: number;
  quantization: Quantization | null;
  /** Of what it is the weight; PEFT has a merge of its own for each. */
  role: "linear" | "experts" | "embedding";
}>;

/** How a merge is done: on which device, and whether each result is looked at before it takes the weight's place. */
type Merging = Readonly<{ device: DeviceMemory; isSafe: boolean }>;

const PRODUCT = "B A";

/** `(B @ A) * scaling`: the product, and its multiple beside it. @see peft/tuners/lora/layer.py, `get_delta_weight` */
const product = ({ device }: Merging, { elements, adapterBytes }: MergedMatrix): Held => {
  const plain = device.allocate(PRODUCT, elements * adapterBytes);
  const scaled = device.allocate(PRODUCT, elements * adapterBytes);
  device.free(plain);
  return scaled;
};

/** `torch.isfinite(t).all()`: the absolute value, whether it is infinite, whether it is a number, and both. */
const check = ({ device, isSafe }: Merging, elements: number, bytesEach: number): void => {
  if (!isSafe) return;
  const name = "check for numbers";
  const absolute = device.allocate(name, elements * bytesEach);
  const parts = [elements, elements].map((size) => device.allocate(name, size));
  const both = device.allocate(name, elements);
  device.free(absolute, ...parts);
  device.free(both, device.allocate(name, BLOCK_BYTES));
};

/** What is added to the weight. Beside linears in the adapters' own type, else in the weight's: the product is cast, and goes. */
const difference = (merging: Merging, matrix: MergedMatrix): Held => {
  const { device, isSafe } = merging;
  const { elements, weightBytes, adapterBytes, role } = matrix;
  const own = product(merging, matrix);
  // Added in place it is cast element by element.
  if (adapterBytes === weightBytes || (role === "linear" && !isSafe)) return own;
  const cast = device.allocate(PRODUCT, elements * weightBytes);
  // A linear's clone takes a cast that goes at once; all else goes on with the cast.
  const [kept, gone] = role === "linear" ? [own, cast] : [cast, own];
  device.free(gone);
  return kept;
};

const mergePlain = (merging: Merging, matrix: MergedMatrix): void => {
  const { device, isSafe } = merging;
  const { elements, weightBytes, role } = matrix;
  const clone = isSafe ? [device.allocate("weight, cloned", elements * weightBytes)] : [];
  const delta = difference(merging, matrix);
  // Nothing holds that of an embedding once it is added.
  if (role === "embedding") device.free(delta);
  check(merging, elements, weightBytes);
  device.free(...(role === "embedding" ? [] : [delta]), ...clone);
};

const merge4bit = (merging: Merging, matrix: MergedMatrix, doubleQuant: boolean): void => {
  const { device } = merging;
  const { elements, weightBytes, adapterBytes } = matrix;
  const maxima = doubleQuant ? [device.allocate("absolute maxima", maximaBytes(elements))] : [];
  const unpacked = device.allocate("dequantised weight", elements * weightBytes);
  device.free(...maxima);
  const delta = product(merging, matrix);
  const each = Math.max(weightBytes, adapterBytes);
  const total = device.allocate("sum", elements * each);
  check(merging, elements, each);
  const uploaded = device.allocate("sum, on its way back from the host", elements * each);
  const old = blocksOf4bit({ elements, doubleQuant }).map((size) => ({ name: WEIGHTS, bytes: allocated(size) }));
  quantize4bit(device, { elements, doubleQuant });
  device.free(uploaded, ...old, unpacked, delta, total);
};

const merge8bit = (merging: Merging, matrix: MergedMatrix): void => {
  const { device } = merging;
  const { elements, columns, adapterBytes } = matrix;
  const name = "dequantised weight";
  const integers = device.allocate(name, elements * ELEMENT_BYTES.fp32);
  const unpacked = device.allocate(name, elements * ELEMENT_BYTES.fp32);
  device.free(integers);
  const delta = product(merging, matrix);
  const cast = adapterBytes < ELEMENT_BYTES.fp32 ? [device.allocate(name, elements * adapterBytes)] : [];
  const total = device.allocate("sum", elements * adapterBytes);
  device.free(...cast);
  check(merging, elements, adapterBytes);
  const rows = elements / columns;
  quantize8bit(device, [rows, columns]);
  const old = [elements, rows * ELEMENT_BYTES.fp32].map((size) => ({ name: WEIGHTS, bytes: allocated(size) }));
  device.free(...old, unpacked, delta, total);
};

/**
 * Merges one adapter into its matrix of n weights, adapters of d bytes. Plain: B A and its multiple, 2dn; it is added in place. `safe_merge`: a clone, then the
 * check. 4 bits: dequantised, added up in the wider type, to the host and back, packed again: 14.6n with fp32 adapters over bf16. 8 bits: the same from fp32.
 *
 * @see peft/tuners/lora/layer.py (0.21), `Linear.merge`, `Embedding.merge`, `ParamWrapper.merge`; bnb.py, `Linear4bit.merge`, `Linear8bitLt.merge`
 */
const mergeMatrix = (merging: Merging, matrix: MergedMatrix): void => {
  const { quantization } = matrix;
  if (quantization?.kind === "bnb-4bit") merge4bit(merging, matrix, quantization.bnb_4bit_use_double_quant);
  else if (quantization?.kind === "bnb-8bit") merge8bit(merging, matrix);
  else mergePlain(merging, matrix);
};

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
const isMeasured = (scenario: Scenario): boolean =>
  isStockTransformers(scenario) && (scenario.method.kind === "full" || scenario.method.experts === undefined);

const momentOf = (device: DeviceMemory, scenario: Scenario): RunMoment => ({
  id: "merge",
  ...device.endMoment(),
  hostBytes: bytes(0),
  basis: isMeasured(scenario) ? "run" : "read",
});

/**
 * `merge_and_unload()` after the last step, in the process that trained: module by module, adapters freed as it goes. Optimizer states are there as long as the
 * trainer is. null for tuners whose merging nobody has read, and where libraries merge on the host.
 */
export const merge: MakeRunMoment = ({ workings, scenario, asked, machine, step }) => {
  if (asked.merge === "none" || isFlat(scenario) || !isMerged(scenario)) return null;
  if (!["none", "ddp"].includes(scenario.sharding)) return null;
  const device = deviceAfterStep(workings, { scenario, machine, step });
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
