import type { ChoiceKey } from "#scenario/keys/choices.ts";
import { ownValue } from "#calc/base/own-value.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { formatCount } from "#format/count.ts";
import { uncapitalised } from "#format/uncapitalised.ts";
import { WORDS } from "#scenario/words/words.ts";
import { formatName } from "#calc/base/dtype.ts";

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
  return ownValue(inSentence ?? {}, value) ?? (word === undefined ? value : uncapitalised(word));
};

/** A value of a setting inside a sentence, as the page calls it: "fused", "FSDP 2", "AdamW, paged", "2,048", "on". */
export const valueWords = (field: ChoiceKey, value: unknown): string => {
  if (typeof value === "number") return numberWords(field, value);
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.join(", ") || "none";
  return namedInSentence(field, String(value));
};
