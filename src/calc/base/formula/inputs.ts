import type { FormulaInput } from "./formula.ts";

/** A number that a person chose. */
export const setting = (name: string, value: number, key = name): FormulaInput => ({
  name,
  value,
  origin: "setting",
  key,
});
/** A number of the model's config.json. */
export const config = (name: string, value: number, key = name): FormulaInput => ({
  name,
  value,
  origin: "config",
  key,
});
/** A number counted on the model's tensors. */
export const counted = (name: string, value: number): FormulaInput => ({ name, value, origin: "counted" });
/** A number that a rule brings. */
export const constant = (name: string, value: number): FormulaInput => ({ name, value, origin: "constant" });
/** Bytes that the tensors of one unit add up to. */
export const ofTensors = (name: string, value: number, key: string): FormulaInput => ({
  name,
  value,
  origin: "tensors",
  key,
});
/** Bytes that fit no product: small tensors, and what rounding up to blocks adds. */
export const rest = (value: number): FormulaInput => ({ name: "smaller tensors", value, origin: "rest" });
/** Bytes that a replay of PyTorch's allocator ends with. */
export const replayed = (name: string, value: number): FormulaInput => ({ name, value, origin: "replay" });
