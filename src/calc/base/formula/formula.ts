/** Where a number in a formula comes from. */
export type InputOrigin = "setting" | "config" | "stack" | "constant" | "counted";

/** A named number in a formula. */
export type FormulaInput = Readonly<{ name: string; value: number; origin: InputOrigin }>;

/**
 * A formula as tokens: named numbers, and between them ` × `, ` + `, ` − `, ` / `, `(`, `)` or `max(`, `, `. Printed once with the names and once
 * with the values; evaluated, it gives the term's bytes (rounding to 512 B blocks apart).
 */
export type Formula = readonly (FormulaInput | string)[];
