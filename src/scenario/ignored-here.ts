import type { Issue } from "./issue.ts";

/** A value of the link that does not go with the rest of the choices, why, and what is used for it. */
export const ignoredHere = (key: string, value: string, used: string, why: string): Issue => ({
  code: "ignored-here",
  key,
  value,
  used,
  message: `${key}=${value} ${why}; ${key}=${used} is used.`,
});
