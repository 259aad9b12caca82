import type { Answer } from "#scenario/choices/answer.ts";
import { scenarioLine } from "#scenario/choices/scenario-line.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { isSameChoice } from "#scenario/choices/same-choice.ts";
import { useScenario } from "#scenario/page/store.ts";

/** Tabs and histories need no title for each step of a slider. */
const QUIET_MS = 250;

/** "Llama 3.1 8B, all linear r = 16, batch 1 × 4,096, on RTX 4090 · Headroom": what a tab, a bookmark and a history entry are told apart by. */
const titleOf = (answer: Answer): string => {
  const line = scenarioLine(answer).replaceAll("\u00a0", " ");
  return `${line}, on ${answer.gpu.shortName} · Headroom`;
};

/**
 * Keeps the title of the document that of the scenario from now on. The scenario that a bare address means keeps the page's own title.
 *
 * @returns ends it
 */
export const followWithTitle = (): (() => void) => {
  const own = document.title;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (): void => {
    const { answer } = useScenario.getState();
    if (answer !== null) document.title = isSameChoice(answer.choices, DEFAULT_CHOICES) ? own : titleOf(answer);
  };
  const unsubscribe = useScenario.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(write, QUIET_MS);
  });
  write();
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
};
