import { ownValue } from "#calc/base/own-value.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { formatCount } from "#format/count.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { KEY_NAMES } from "#scenario/choices/key-names.ts";
import { METHOD_NAMES } from "#scenario/choices/method-names.ts";
import { OFFLOAD_NAMES, QUANT_NAMES, TARGET_NAMES, TUNER_NAMES } from "#scenario/choices/value-names.ts";

/** The letter of a further scenario, where the key has one, and the key of a link. */
const partsOf = (key: string): Readonly<{ letter: string; inner: string }> => {
  const [, letter = "", inner = ""] = /^(?:([bcd])\.)?(.*)$/s.exec(key) ?? [];
  return { letter, inner };
};

/** What the page calls a key: "Batch size", of a further scenario "B: Batch size"; nothing for a key that no link has. */
export const keyName = (key: string): string => {
  const { letter, inner } = partsOf(key);
  const name = ownValue<string>(KEY_NAMES, inner) ?? "";
  return letter === "" ? name : `${letter.toUpperCase()}: ${name}`.trim();
};

const WHOLE = /^\d+$/;

const METHOD_LABELS = Object.fromEntries(METHODS.map((method) => [method, METHOD_NAMES[method].label]));

/** What the page calls the values of a key. */
const VALUE_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  method: METHOD_LABELS,
  show: METHOD_LABELS,
  quant: QUANT_NAMES,
  targets: TARGET_NAMES,
  tuner: TUNER_NAMES,
  offload: OFFLOAD_NAMES,
};

const valueName = (key: string, value: string, { models, gpus }: Catalog): string | undefined => {
  if (key === "model") return ownValue(models, value)?.name;
  if (key === "gpu") return ownValue(gpus, value)?.shortName;
  if (key === "stack") return isStackId(value) ? STACKS[value].name : undefined;
  return ownValue(ownValue(VALUE_NAMES, key) ?? {}, value);
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
