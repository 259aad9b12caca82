import type { LinkKey } from "./choices.ts";
import type { Texts } from "./codec/keyed-codec.ts";
import type { Issue } from "./issue.ts";
import { quoted } from "./quoted.ts";

/** Four times the longest link that this tool writes; what is beyond is not read. */
const LONGEST_LINK = 8192;

const tooLong = (search: string): readonly Issue[] =>
  search.length <= LONGEST_LINK
    ? []
    : [
        {
          code: "too-large",
          key: "",
          value: quoted(search),
          used: "",
          message: `The link has ${search.length} characters; only the first ${LONGEST_LINK} are read.`,
        },
      ];

const unknownKey = (key: string, value: string): Issue => ({
  code: "unknown-key",
  key: quoted(key),
  value: quoted(value),
  used: "",
  message: `${quoted(`${key}=${value}`)} is left out: links have no key ${quoted(key)}.`,
});

const duplicateKey = (key: string, values: readonly string[]): Issue => {
  const used = quoted(values[0] ?? "");
  return {
    code: "duplicate-key",
    key,
    value: quoted(values.join(" & ")),
    used,
    message: `${key} is given ${values.length} times (${quoted(values.join(" & "))}); the first, ${key}=${used}, is used.`,
  };
};

/**
 * The parts of a link: the text of each key that it gives. Reports keys that no link has, and keys that are given more than once, of which the first
 * counts.
 */
export const splitLink = (
  search: string,
  keys: readonly LinkKey[],
): Readonly<{ texts: Texts; issues: readonly Issue[] }> => {
  const parameters = new URLSearchParams(search.slice(0, LONGEST_LINK));
  const given = [...new Set(parameters.keys())];
  const known = given.filter((key) => keys.includes(key));
  const texts = Object.fromEntries(known.map((key) => [key, parameters.get(key) ?? ""]));
  const unknown = given.filter((key) => !keys.includes(key)).map((key) => unknownKey(key, parameters.get(key) ?? ""));
  const duplicates = known
    .map((key) => ({ key, values: parameters.getAll(key) }))
    .filter(({ values }) => values.length > 1)
    .map(({ key, values }) => duplicateKey(key, values));
  return { texts, issues: [...tooLong(search), ...unknown, ...duplicates] };
};
