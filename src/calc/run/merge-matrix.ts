import { allocated, BLOCK_BYTES } from "#calc/base/allocation.ts";
import { ELEMENT_BYTES } from "#calc/base/element.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import type { DeviceMemory, Held } from "./device-memory.ts";
import { blocksOf4bit, maximaBytes, quantize4bit, quantize8bit, WEIGHTS } from "./quantize.ts";

/** A matrix that adapters are merged into: its weights, bytes of an element of it (packed: of what it was packed from) and of the adapters'. */
export type MergedMatrix = Readonly<{
  elements: number;
  columns: number;
  weightBytes: number;
  adapterBytes: number;
  quantization: Quantization | null;
  /** Of what it is the weight; PEFT has a merge of its own for each. */
  role: "linear" | "experts" | "embedding";
}>;

/** How a merge is done: on which device, and whether each result is looked at before it takes the weight's place. */
export type Merging = Readonly<{ device: DeviceMemory; isSafe: boolean }>;

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
export const mergeMatrix = (merging: Merging, matrix: MergedMatrix): void => {
  const { quantization } = matrix;
  if (quantization?.kind === "bnb-4bit") merge4bit(merging, matrix, quantization.bnb_4bit_use_double_quant);
  else if (quantization?.kind === "bnb-8bit") merge8bit(merging, matrix);
  else mergePlain(merging, matrix);
};
