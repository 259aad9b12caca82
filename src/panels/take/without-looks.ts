import type { Choices } from "#scenario/keys/choices.ts";

/** The scenario alone: how the page looks is no matter of a file. */
export const withoutLooks = (choices: Choices): Choices => ({
  ...choices,
  embed: false,
  theme: "auto",
  only: [],
  hide: [],
  lock: [],
});
