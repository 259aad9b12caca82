import { askedReference } from "#scenario/choices/asked-objective.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** The model that a trainer is handed as its reference; null where it makes its own, or has none. */
export const besideModel = (choices: Choices): "copy" | "copy-4bit" | null => {
  const { method } = choices;
  const held = askedReference(choices, method);
  return held === "copy-4bit" || (held === "copy" && method !== "full") ? held : null;
};
