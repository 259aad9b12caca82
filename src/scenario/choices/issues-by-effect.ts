import type { Issue } from "./issue.ts";
import { KEY_NAMES } from "./key-names.ts";

const ORDER = Object.keys(KEY_NAMES);
const UNKNOWN = ORDER.length ** 2;

/** Keys that no link has come last, those of further scenarios ("b.r") after the first one's; what is wrong with the link as a whole has no key. */
const rankOf = (key: string): number => {
  if (key === "") return -1;
  const [, letter = "", inner = ""] = /^(?:(.)\.)?(.*)$/s.exec(key) ?? [];
  const index = ORDER.indexOf(inner);
  if (index < 0) return UNKNOWN;
  return letter === "" ? index : index + ORDER.length * ORDER.indexOf(letter);
};

/** What was wrong with a link, in the order in which it matters to the answer: model and GPU, then what usually changes most bytes, then unknown keys. */
export const issuesByEffect = (issues: readonly Issue[]): readonly Issue[] =>
  issues.toSorted((one, other) => rankOf(one.key) - rankOf(other.key));
