// State of the page: choices, answer, catalog, requested control, recent models and GPUs.

import type { PageAnswer } from "#service/answers/page-answer.ts";
import { DEFAULT_CHOICES, type Choices } from "#scenario/keys/choices.ts";
import { create } from "zustand";
import { assert } from "#calc/base/guards.ts";
import { type Catalog, POPULAR_CATALOG } from "#catalog/catalog.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { useShallow } from "zustand/react/shallow";

/** The element of the built page that holds the answer that is drawn in it. */
const ELEMENT_ID = "drawn-answer";

/**
 * The answer to the default choices as data that the build has made, beside the page that it has drawn of it; null where nothing was built: in
 * development, in tests, while the build draws.
 * @internal
 */
export const drawnAnswer = (): PageAnswer | null => {
  const text = globalThis.document?.getElementById(ELEMENT_ID)?.textContent;
  return text ? { ...(JSON.parse(text) as Omit<PageAnswer, "choices">), choices: DEFAULT_CHOICES } : null;
};

/** The engine gave no answer. The message says why, in a sentence for the reader. */
export class NoAnswer extends Error {}

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

/** The controls that something on the page can lead to. `section`: a row that opens, and takes the focus by itself. */
export type ControlId = "model" | "gpu" | "batch" | "seq" | "r" | "targets" | "bytes" | "section";

/** The id of the element that holds a control. */
export const controlElementId = (id: ControlId): string => `control-${id}`;

const useAsked = create<Readonly<{ asked: ControlId | null }>>(() => ({ asked: null }));

/** The control that somebody wants to get to, and is not there yet. */
export const useAskedControl = (): ControlId | null => useAsked(({ asked }) => asked);

/** Leads to a control, wherever it is: on a phone its sheet opens. */
export const goToControl = (asked: ControlId): void => useAsked.setState({ asked });

/** The control has the focus. */
export const clearAskedControl = (): void => useAsked.setState({ asked: null });

/** So many are shown again at the top of the list. */
const MOST_RECENT = 4;

type ListId = "model" | "gpu";
type Recent = Readonly<Record<ListId, readonly string[]>>;

const useVisit = create<Recent>(() => ({ model: [], gpu: [] }));

/** What was chosen in a list in this visit, newest first. Kept in memory only; nothing is stored. */
export const useRecent = (list: ListId): readonly string[] => useVisit((visit) => visit[list]);

/** Puts an id at the top of what was chosen lately. */
export const addRecent = (list: ListId, id: string): void =>
  useVisit.setState((visit) => ({
    [list]: [id, ...visit[list].filter((other) => other !== id)].slice(0, MOST_RECENT),
  }));

/** Some of the choices. Who asks for them is drawn anew when one of these changes, not when a slider moves another. */
export const useChoices = <Key extends keyof Choices>(...keys: readonly Key[]): Pick<Choices, Key> =>
  useScenario(
    useShallow(({ choices }) => Object.fromEntries(keys.map((key) => [key, choices[key]])) as Pick<Choices, Key>),
  );
