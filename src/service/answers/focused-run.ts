import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** The method in focus; the first one shown when the focused one is not. null where none is shown. */
export const focusOf = ({ method, show }: Choices): MethodAnswer["method"] | null =>
  show.includes(method) ? method : (METHODS.find((each) => show.includes(each)) ?? null);

/** The answer for the method in focus, without the others. */
export const focusedRun = (choices: Choices, catalog: Catalog): MethodAnswer | null => {
  const focus = focusOf(choices);
  return focus === null ? null : (toAnswer({ ...choices, show: [focus] }, catalog).methods[0] ?? null);
};
