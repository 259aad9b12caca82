import { create } from "zustand";
import { assert } from "#calc/base/assert.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { drawnAnswer } from "./drawn-answer.ts";
import { NoAnswer } from "./no-answer.ts";

/** What the page remembers: the choices, the last answer to them, what was wrong with the link that brought them, and which catalog rows are here. */
export type ScenarioState = Readonly<{
  choices: Choices;
  /** The answer that is shown: to these choices, or for a moment still to those before. null until the first one is here. */
  answer: PageAnswer | null;
  /** Why there is no answer to these choices, in words; null while there is one, or one is on its way. */
  unanswered: string | null;
  /** Problems of the link, until dismissed. */
  issues: readonly Issue[];
  catalog: Catalog;
  /** Other scenarios, held beside the choices to compare with them; at most three. */
  pinned: readonly Choices[];
  /** Earlier choices, newest last, for undo. */
  past: readonly Choices[];
  /** Choices that were undone, the last one undone last, for redo; none after a new change. */
  future: readonly Choices[];
}>;

/** The state of the page. Changed by the functions of `actions.ts`, and by what follows it, only. */
export const useScenario = create<ScenarioState>(() => ({
  choices: DEFAULT_CHOICES,
  answer: drawnAnswer(),
  unanswered: null,
  issues: [],
  catalog: POPULAR_CATALOG,
  pinned: [],
  past: [],
  future: [],
}));

const shownAnswer = ({ answer, unanswered }: ScenarioState): PageAnswer => {
  if (unanswered !== null) throw new NoAnswer(unanswered);
  assert(answer !== null, "the page is drawn once the first answer is here");
  return answer;
};

/** The answer that is shown. Its identity changes only when another one is. */
export const useAnswer = (): PageAnswer => useScenario(shownAnswer);
