import { create } from "zustand";
import type { Catalog } from "#catalog/catalog.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** What the page remembers: the choices, what was wrong with the link that brought them, and which catalog rows are here. */
export type ScenarioState = Readonly<{
  choices: Choices;
  /** Problems of the link, until dismissed. */
  issues: readonly Issue[];
  catalog: Catalog;
  /** Other scenarios, held beside the choices to compare with them; at most three. */
  pinned: readonly Choices[];
  /** Earlier choices, newest last, for undo. */
  past: readonly Choices[];
}>;

/** The state of the page. Changed by the functions of `actions.ts` only. */
export const useScenario = create<ScenarioState>(() => ({
  choices: DEFAULT_CHOICES,
  issues: [],
  catalog: POPULAR_CATALOG,
  pinned: [],
  past: [],
}));

let last: Readonly<{ choices: Choices; catalog: Catalog; answer: Answer }> | null = null;

/** One computation for all who ask in a frame: the same choices and catalog give the same object. */
export const answerOf = ({ choices, catalog }: Pick<ScenarioState, "choices" | "catalog">): Answer => {
  if (last?.choices !== choices || last.catalog !== catalog)
    last = { choices, catalog, answer: toAnswer(choices, catalog) };
  return last.answer;
};

/** The answer to the current choices; derived, never stored. Its identity changes only when choices or catalog do. */
export const useAnswer = (): Answer => {
  const choices = useScenario((state) => state.choices);
  const catalog = useScenario((state) => state.catalog);
  return answerOf({ choices, catalog });
};
