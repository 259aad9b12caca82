import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { catalogFor } from "#service/catalog-for.ts";
import { interned } from "#service/interned.ts";

/** The method in focus; the first one shown when the focused one is not. */
const focusOf = ({ method, show }: Choices): readonly MethodId[] =>
  show.includes(method) ? [method] : METHODS.filter((each) => show.includes(each)).slice(0, 1);

const answerTo = async (pinned: Choices, complete: boolean): Promise<Answer> => {
  const choices = interned(pinned);
  const catalog = await catalogFor(choices, complete);
  return { ...toAnswer({ ...choices, show: focusOf(choices) }, catalog), choices };
};

/** The answers to scenarios that are held beside the page's own, of each its method in focus alone. Their rows may be any. */
export const pinnedAnswers = (
  { pinned }: Readonly<{ pinned: readonly Choices[] }>,
  { complete }: Catalog,
): Promise<readonly Answer[]> => Promise.all(pinned.map((choices) => answerTo(choices, complete)));
