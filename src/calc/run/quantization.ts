// Temporary memory of bitsandbytes while a matrix is quantized to 4 or 8 bits.

import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { BNB_4BIT_BLOCK_WEIGHTS, bnb4bitTensors } from "#calc/parameters/weight-bytes.ts";
import type { DeviceMemory, Held } from "./device-memory.ts";

/** What a device has of the model, and of what is needed to quantise it. */
export const WEIGHTS = "weights";

const STATISTICS = "absolute maxima";

const TABLES = "tables of bitsandbytes";

/** The values that 8 bits stand for, fp32. */
export const NESTED_TABLE_BYTES = 256 * ELEMENT_BYTES.fp32;

/** A matrix of 4 bits: how many weights it has, and whether its absolute maxima are quantised too. */
type Matrix4bit = Readonly<{ elements: number; doubleQuant: boolean }>;

/**
 * Everything that stays of a matrix in 4 bits: what `bnb4bitTensors` has, the table of its 16 values, and with double quantization the mean of its maxima and
 * the table of their 256 values. Estimates of a step leave out mean and tables (2 KiB for each matrix); they are there.
 */
export const blocksOf4bit = (matrix: Matrix4bit): readonly number[] => [
  ...bnb4bitTensors(matrix.elements, matrix.doubleQuant).map(({ elements, dtype }) => elements * ELEMENT_BYTES[dtype]),
  BLOCK_BYTES,
  ...(matrix.doubleQuant ? [BLOCK_BYTES, NESTED_TABLE_BYTES] : []),
];

/** fp32 absolute maxima of a matrix. */
export const maximaBytes = (elements: number): number =>
  Math.ceil(elements / BNB_4BIT_BLOCK_WEIGHTS) * ELEMENT_BYTES.fp32;

/**
 * Packs a matrix that is on the device: the packed weights and their fp32 maxima; the table of values, with its absolute values and their largest; with double
 * quantization the maxima less their mean, and those in 8 bits. What is left is that of `blocksOf4bit`.
 *
 * @see bitsandbytes 0.50.2, functional.py, `quantize_4bit`, `get_4bit_type`, `quantize_blockwise`
 */
export const quantize4bit = (device: DeviceMemory, matrix: Matrix4bit): readonly Held[] => {
  const { elements, doubleQuant } = matrix;
  const [packed = 0, statistics = 0, ...rest] = blocksOf4bit(matrix);
  const held = [device.allocate(WEIGHTS, packed)];
  const maxima = device.allocate(doubleQuant ? STATISTICS : WEIGHTS, maximaBytes(elements));
  const [code = 0, mean, table] = doubleQuant ? rest.slice(1) : rest;
  held.push(device.allocate(WEIGHTS, code));
  device.free(device.allocate(TABLES, BLOCK_BYTES), device.allocate(TABLES, BLOCK_BYTES));
  if (mean === undefined || table === undefined) return [...held, maxima];
  held.push(device.allocate(WEIGHTS, mean));
  const centred = device.allocate(STATISTICS, maximaBytes(elements));
  held.push(...[statistics, rest[0] ?? 0, table].map((size) => device.allocate(WEIGHTS, size)));
  device.free(centred, maxima);
  return held;
};

/**
 * Packs a matrix to int8, from a copy in fp16: one byte for each weight, one fp32 scale for each row. What is left is that of `bnb8bitBytes`.
 *
 * @see bitsandbytes 0.50.2, nn/modules.py, `Int8Params._quantize`; functional.py, `int8_vectorwise_quant`
 */
export const quantize8bit = (device: DeviceMemory, [rows, columns]: readonly [number, number]): readonly Held[] => {
  const copy = device.allocate("matrix in fp16", rows * columns * ELEMENT_BYTES.fp16);
  const held = [device.allocate(WEIGHTS, rows * columns), device.allocate(WEIGHTS, rows * ELEMENT_BYTES.fp32)];
  device.free(copy);
  return held;
};
