import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/answer.ts";
import type { Choices } from "#scenario/choices.ts";
import { settle } from "#scenario/settle.ts";
import { toAnswer } from "#scenario/to-answer.ts";

/** Choices, and what the engine says of their method in focus. */
export type Trial = MethodAnswer & Readonly<{ choices: Choices }>;

/** Runs the engine on the method in focus of some choices, as page and terminal would after a reader had made them. */
export const tryOut = (asked: Choices, catalog: Catalog): Trial => {
  const choices = settle(asked);
  const [focus] = toAnswer({ ...choices, show: [choices.method] }, catalog).methods;
  if (focus === undefined) throw new Error("One method was asked for, and none was answered.");
  return { ...focus, choices };
};
