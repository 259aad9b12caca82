import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";

/** The choices as a scenario alone: how the page looks is not part of one. */
export const asScenario = (choices: Choices): Choices => {
  const { embed, theme, only, hide, lock } = DEFAULT_CHOICES;
  return { ...choices, embed, theme, only, hide, lock };
};
