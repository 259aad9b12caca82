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

/** What is to be replaced in a file, in words. */
export const placeholderWords = ({ placeholder }: NamedBase): string =>
  `To replace: ${[...(placeholder === null ? [] : [`YOUR_MODEL (${placeholder})`]), `${PLACEHOLDERS.data}, ${PLACEHOLDERS.output}`].join(", ")}; data, rate and length of training are examples.`;
