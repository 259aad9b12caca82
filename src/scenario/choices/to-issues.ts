import type { KeyedProblem, Texts } from "#scenario/choices/codec/keyed-codec.ts";
import { FIELDS } from "./fields.ts";
import type { Issue } from "./issue.ts";
import { quoted } from "./quoted.ts";

/** What holds now, as the end of a sentence. */
const outcome = (key: string, used: string): string => {
  if (used !== "") return `${key}=${used} is used`;
  const field = FIELDS.find(({ keys }) => keys.includes(key));
  return field?.otherwise ?? "it is left out";
};

/** Keys of a joint field whose own text is gone once the value is refused: the sentence then names the main key. */
const usedText = (key: string, used: Texts): Readonly<{ key: string; text: string }> => {
  const main = FIELDS.find(({ keys }) => keys.includes(key))?.keys[0] ?? key;
  const speaker = used[key] === undefined && used[main] !== undefined ? main : key;
  return { key: speaker, text: quoted(used[speaker] ?? "") };
};

/**
 * Makes of each problem an issue that a person can read: "r=5000 is above 1024; r=1024 is used."
 *
 * @param given the texts as they came
 * @param used the texts of the choices that were made of them
 */
export const toIssues = (problems: readonly KeyedProblem[], given: Texts, used: Texts): readonly Issue[] =>
  problems.map(({ key, code, why }) => {
    const value = quoted(given[key] ?? "");
    const holds = usedText(key, used);
    return {
      code,
      key,
      value,
      used: quoted(used[key] ?? ""),
      message: `${key}=${value} ${why.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD")}; ${outcome(holds.key, holds.text)}.`,
    };
  });
