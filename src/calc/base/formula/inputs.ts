import type { FormulaInput } from "./formula.ts";

/** A number that a person chose. */
export const setting = (name: string, value: number): FormulaInput => ({ name, value, origin: "setting" });
/** A number of the model's config.json. */
export const config = (name: string, value: number): FormulaInput => ({ name, value, origin: "config" });
/** A number counted on the model's tensors. */
export const counted = (name: string, value: number): FormulaInput => ({ name, value, origin: "counted" });
/** A number that a rule brings. */
export const constant = (name: string, value: number): FormulaInput => ({ name, value, origin: "constant" });
