import type { Refused } from "#calc/model/asked-division.ts";
import type { Issue } from "./issue.ts";

/** A choice that does not go with the others, and what is used in its place, if anything is. */
export const ignoredHere = ({ key, value, used, why }: Refused): Issue => ({
  code: "ignored-here",
  key,
  value,
  used,
  message: `${key}=${value} ${why}; ${used === "" ? "it is left out" : `${key}=${used} is used`}.`,
});
