import type { Issue } from "./issue.ts";

/** A value of the link that does not go with the rest of the choices, what is used for it, and why. */
export const ignoredHere = (given: Pick<Issue, "key" | "value" | "used">, why: string): Issue => ({
  code: "ignored-here",
  ...given,
  message: `${given.key}=${given.value} ${why}; ${given.key}=${given.used} is used.`,
});
