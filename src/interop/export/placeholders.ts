import type { NamedBase } from "./named-base.ts";

/** What a scenario does not say and a run needs. Words in capitals are to be replaced. */
export const PLACEHOLDERS = {
  data: "YOUR_DATASET",
  output: "YOUR_OUTPUT_FOLDER",
} as const;

/** A rate to begin with: no choice says it, and it changes no memory. */
export const LEARNING_RATE = 0.0002;

/** What is said beside a placeholder. */
export const PLACEHOLDER = "placeholder";

const NAMES = /\bYOUR_[A-Z_]+/g;

/**
 * What is to be replaced, in words: the placeholders that files have, in their order; no line where they have none.
 *
 * @param body the text of the files
 */
export const placeholderLines = (body: string, { name, placeholder }: NamedBase): readonly string[] => {
  const found = [...new Set(body.match(NAMES) ?? [])];
  if (found.length === 0) return [];
  const words = found.map((each) => (each === name && placeholder !== null ? `${each} (${placeholder})` : each));
  return [`To replace: ${words.join(", ")}; data, rate and length of training are examples.`];
};
