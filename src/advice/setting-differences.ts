// Settings in which two scenarios differ, in words.

import type { ChoiceKey } from "#scenario/keys/choices.ts";
import { ownValue } from "#calc/base/guards.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { formatCount, formatParams } from "#format/numbers.ts";
import { uncapitalized } from "#format/phrases.ts";
import { WORDS } from "#scenario/words/key-words.ts";
import { formatName } from "#calc/base/dtypes.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { referenceInEffect } from "#scenario/choices/objective-settings.ts";
import { changedFields } from "#scenario/choices/settle.ts";

/** Keys whose numbers are bytes of a parameter. */
const FORMATS: readonly ChoiceKey[] = ["weights", "grads", "states", "adapters"];

const numberWords = (field: ChoiceKey, value: number): string => {
  if (FORMATS.includes(field)) return formatName(value);
  if (field === "selective") return `one in ${formatCount(value)}`;
  if (field === "alloc") return `split up to ${formatCount(value)} MiB`;
  if (field === "lengths") return `log-normal about ${formatCount(value)}`;
  return Number.isInteger(value) ? formatCount(value) : String(value);
};

/** A value by the word that its control has for it, as it stands in a sentence. */
const namedInSentence = (field: ChoiceKey, value: string): string => {
  if (field === "stack") return isStackId(value) ? STACKS[value].name : value;
  const { values = {}, inSentence } = WORDS[field];
  const word = ownValue(values, value);
  return ownValue(inSentence ?? {}, value) ?? (word === undefined ? value : uncapitalized(word));
};

/** A value of a setting inside a sentence, as the page calls it: "fused", "FSDP 2", "AdamW, paged", "2,048", "on". */
export const valueWords = (field: ChoiceKey, value: unknown): string => {
  if (typeof value === "number") return numberWords(field, value);
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.join(", ") || "none";
  return namedInSentence(field, String(value));
};

/** Choices, with model, teacher and card by name. */
type Named = Pick<Answer, "choices" | "resolved" | "model" | "teacher" | "gpu">;

/** A setting that differs: "sequence", "2,048", "4,096". */
export type SettingApart = Readonly<{ field: ChoiceKey; name: string; before: string; after: string }>;

/** A value that has a comma of its own is quoted. */
const quoted = (value: string): string => (value.includes(", ") ? `“${value}”` : value);

/** "sequence 4,096 instead of 2,048"; "optimizer “AdamW, 8-bit” instead of “AdamW, fused”" */
export const settingDifferenceWords = ({ name, before, after }: SettingApart): string =>
  `${name} ${quoted(after)} instead of ${quoted(before)}`;

/** What stands where nothing was chosen. */
const settledValue = ({ choices, resolved }: Named, field: ChoiceKey): unknown => {
  if (choices[field] !== null) return choices[field];
  if (field === "alpha") return 2 * choices.r;
  if (field === "ref") return referenceInEffect(choices, choices.method) ?? "none";
  const settled: Readonly<Record<string, unknown>> = resolved;
  return settled[field] ?? WORDS[field].open ?? "as trained";
};

/** "Llama 3.1 8B"; "9.97 B" where only a size was chosen. */
const modelWords = ({ choices, model }: Named): string =>
  choices.model.kind === "size" ? formatParams(choices.model.params) : model.name;

const wordsOf = (answer: Named, field: ChoiceKey): string => {
  if (field === "model") return modelWords(answer);
  if (field === "gpu") return answer.gpu.shortName;
  if (field === "teacher" && answer.choices.teacher !== null) return answer.teacher?.name ?? answer.choices.teacher;
  return valueWords(field, settledValue(answer, field));
};

/** What follows from a setting that differs, where it was not chosen: sharding from the number of GPUs, a quantised base from the library. */
const FOLLOWS: Partial<Record<ChoiceKey, readonly ChoiceKey[]>> = {
  gpus: ["shard"],
  stack: ["experts", "expertread", "kbit"],
};

/** Experts are read in some way where they are packed: that differs only where they are on both sides. */
const isOnBothSides = ({ resolved: before }: Named, { resolved: after }: Named, field: ChoiceKey): boolean =>
  field !== "expertread" || (before.expertread !== null && after.expertread !== null);

const changedWithFollowing = (before: Named, after: Named): readonly ChoiceKey[] => {
  const changed = changedFields(before.choices, after.choices).filter((field) => field !== "unknown");
  const isQlora = before.choices.method === "qlora" && after.choices.method === "qlora";
  const follows = changed
    .flatMap((field) => (field === "stack" && !isQlora ? [] : (FOLLOWS[field] ?? [])))
    .filter((field) => isOnBothSides(before, after, field));
  return [...changed, ...follows.filter((field) => !changed.includes(field))];
};

/** The settings in which two scenarios differ, in words, each with what the stack puts in where nothing was chosen; one that comes to the same is none. */
export const settingDifferences = (before: Named, after: Named): readonly SettingApart[] =>
  changedWithFollowing(before, after).flatMap((field) => {
    const name = WORDS[field].difference;
    const words = { before: wordsOf(before, field), after: wordsOf(after, field) };
    return name === null || words.before === words.after ? [] : [{ field, name, ...words }];
  });
