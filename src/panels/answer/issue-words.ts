import { ownValue } from "#calc/base/own-value.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { formatCount } from "#format/numbers.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { isLinkKey } from "#scenario/choices/url.ts";
import { PINNED_KEYS } from "#scenario/keys/pinned-keys.ts";
import { nameOfKey, type KeyWords, WORDS } from "#scenario/words/words.ts";

/** The letter of a further scenario, where the key has one, and the key of a link. */
const partsOf = (key: string): Readonly<{ letter: string; inner: string }> => {
  const [, letter = "", inner = ""] = /^(?:([bcd])\.)?(.*)$/s.exec(key) ?? [];
  return { letter, inner };
};

/** What the page calls a key: "Batch size", of a further scenario "B: Batch size"; nothing for a key that no link has. */
export const keyName = (key: string): string => {
  const { letter, inner } = partsOf(key);
  const named = isLinkKey(inner) ? inner : PINNED_KEYS.find((pinned) => pinned === inner);
  const name = named === undefined ? "" : nameOfKey(named);
  return letter === "" ? name : `${letter.toUpperCase()}: ${name}`.trim();
};

const WHOLE = /^\d+$/;

const valueName = (key: string, value: string, { models, gpus }: Catalog): string | undefined => {
  if (key === "model") return ownValue(models, value)?.name;
  if (key === "gpu") return ownValue(gpus, value)?.shortName;
  if (key === "stack") return isStackId(value) ? STACKS[value].name : undefined;
  return ownValue(ownValue<KeyWords>(WORDS, key)?.values ?? {}, value);
};

const inWords = (value: string): string => (WHOLE.test(value) ? formatCount(Number(value)) : value);

/** What is used instead, as the page calls it: "Llama 3.1 8B" for llama-3.1-8b, "Full, LoRA" for full,lora, "2,048". */
const usedWords = ({ key, used }: Issue, catalog: Catalog): string => {
  const { inner } = partsOf(key);
  const words = used.split(",").map((value) => valueName(inner, value, catalog) ?? inWords(value));
  return words.join(", ");
};

/** An issue's sentence in two: what the link said, as it was spelled, and the rest: "r=5000", " is above 1024; 1,024 is used." */
export const sentenceOf = (issue: Issue, catalog: Catalog): Readonly<{ said: string; rest: string }> => {
  const { key, value, used, message } = issue;
  const { letter, inner } = partsOf(key);
  const own = letter === "" ? message : message.replace(`${letter}: `, "");
  const said = [`${inner}=${value}`, inner].find((start) => own.startsWith(start)) ?? "";
  const rest = own.slice(said.length).replaceAll(`; ${inner}=`, "; ");
  const named = used === "" ? rest : rest.replace(`; ${used} is used`, () => `; ${usedWords(issue, catalog)} is used`);
  return { said: letter === "" ? said : `${letter}.${said}`, rest: named };
};

/** What holds instead: "using 1", "what the stack does is used", "left out". */
export const usedInstead = (issue: Issue, catalog: Catalog): string => {
  if (issue.used !== "") return `using ${usedWords(issue, catalog)}`;
  const [, outcome] = /; ([^;]+)\.$/.exec(issue.message) ?? [];
  return outcome === undefined || outcome === "it is left out" ? "left out" : outcome;
};
