import { CONSTANT, growthNamed } from "./growth.ts";
import { GRADIENT_SIZE, type SizeTable } from "./size-table.ts";

/** The unit of tensors that depend on neither batch nor sequence. */
export const FIXED = "fixed";

/** Bytes of an element of a size; the fewest where its tensors have elements of several types. */
const bytesOfOne = (types: number): number => types & -types;

/** How many elements tensors of a size have in one unit of their growth: [b, s, 32, 128] has 4,096. */
export const widthOf = ({ factors, elementBytes }: SizeTable, size: number): number =>
  (factors[size] as number) / bytesOfOne(elementBytes[size] as number);

/** The bytes that one tensor of a size adds to each element of its unit: 2 for bf16. */
export const bytesPerElement = (table: SizeTable, size: number): number =>
  (table.factors[size] as number) / widthOf(table, size);

/** What the number of a tensor's elements is a multiple of, in words: `b*s × 4096`. Tensors of one unit differ in nothing but the bytes of an element. */
export const unitOf = (table: SizeTable, size: number): string => {
  const growth = table.growths[size] as number;
  return growth === CONSTANT || size === GRADIENT_SIZE
    ? FIXED
    : `${growthNamed(growth).name} × ${widthOf(table, size)}`;
};
