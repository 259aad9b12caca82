/**
 * Where a number in a formula comes from. `tensors`: bytes that tensors add up to, named one by one where somebody asks; `rest`: bytes that fit no product;
 * `replay`: bytes that a replay of PyTorch's allocator ends with.
 */
export type InputOrigin = "setting" | "config" | "stack" | "constant" | "counted" | "tensors" | "rest" | "replay";

/** A named number in a formula. */
export type FormulaInput = Readonly<{
  name: string;
  value: number;
  origin: InputOrigin;
  /**
   * What it is called where it comes from: the setting (`micro_batch_size`), the field of config.json (`vocab_size`). Of `tensors`: the unit that they have in
   * common (`AliveTensors.unit`).
   */
  key?: string;
}>;

/**
 * A formula as tokens: named numbers, and between them ` × `, ` + `, ` − `, ` / `, `(`, `)` or `max(`, `, `. Printed once with the names and once
 * with the values; evaluated, it gives the term's bytes (rounding to 512 B blocks apart).
 */
export type Formula = readonly (FormulaInput | string)[];
