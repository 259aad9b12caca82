import type { KeyedProblem, Texts } from "#scenario/keys/codec/keyed-codec.ts";
import { fieldWith } from "#scenario/keys/fields.ts";
import type { Issue } from "./issue.ts";
import { quoted } from "#scenario/keys/codec/quoted.ts";
import { type IdentityKey, isIdentityKey } from "#scenario/keys/identity.ts";
import type { Unknown } from "#scenario/keys/unknown.ts";

/** What holds now, as the end of a sentence. */
const outcome = (key: string, used: string, isUnknown: boolean): string => {
  if (isUnknown) return "nothing is estimated";
  if (used !== "") return `${key}=${used} is used`;
  const field = fieldWith(key);
  return field?.otherwise ?? "it is left out";
};

/** Keys of a joint field whose own text is gone once the value is refused: the sentence then names the main key. */
const usedText = (key: string, used: Texts): Readonly<{ key: string; text: string }> => {
  const main = fieldWith(key)?.keys[0] ?? key;
  const speaker = used[key] === undefined && used[main] !== undefined ? main : key;
  return { key: speaker, text: quoted(used[speaker] ?? "") };
};

/** An architecture of a family that nobody knows is kept as it was read. */
const isNotKnown = ({ key, code }: Pick<Issue, "code"> & Readonly<{ key: IdentityKey }>, unknown: Unknown): boolean =>
  code === "unknown-family" || (unknown[key] !== undefined && code !== "ignored-here");

/**
 * Makes of each problem an issue that a person can read: "r=5000 is above 1024; r=1024 is used."
 *
 * @param given the texts as they came
 * @param used the texts of the choices that were made of them
 * @param unknown names that are not known, in whose place nothing is used
 */
export const toIssues = (
  problems: readonly KeyedProblem[],
  { given, used, unknown }: Readonly<{ given: Texts; used: Texts; unknown: Unknown }>,
): readonly Issue[] =>
  problems.map(({ key, code, why }) => {
    const value = quoted(given[key] ?? "");
    const holds = usedText(key, used);
    const isUnknown = isIdentityKey(key) && isNotKnown({ key, code }, unknown);
    return {
      code,
      key,
      value,
      used: isUnknown ? "" : quoted(used[key] ?? ""),
      message: `${key}=${value} ${why.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD")}; ${outcome(holds.key, holds.text, isUnknown)}.`,
    };
  });
