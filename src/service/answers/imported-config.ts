import type { Choices } from "#scenario/choices/choices.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import type { Imported, ImportLine } from "#interop/import/imported.ts";
import type { GivenFile, Refusal } from "#interop/import/source.ts";
import { readConfig } from "./read-config.ts";

/** Fields of a model's config.json that no file of a tool has, and a field that says that a file is an adapter's. */
const OF_A_MODEL = /"(?:model_type|architectures|hidden_size|num_hidden_layers|n_layer)"\s*:/;
const OF_AN_ADAPTER = /"peft_type"\s*:/;

/** Whether a text is a model's config.json, or was to be one: seen in its fields, so that a slip in it is said as one of a config.json. */
export const isConfigJson = (text: string): boolean =>
  text.trimStart().startsWith("{") && OF_A_MODEL.test(text) && !OF_AN_ADAPTER.test(text);

const PLACE = /^Line (\d+), column \d+: /;

const lineOf = ({ key, message }: Issue, file: string): ImportLine => {
  const line = PLACE.exec(message)?.[1];
  return {
    at: line === undefined ? null : { file, line: Number(line) },
    field: key,
    key: null,
    text: null,
    sentence: message.replace(PLACE, ""),
  };
};

const lineAt = (text: string, pattern: RegExp): number =>
  text.slice(0, Math.max(0, text.search(pattern))).split(/\r\n|\n|\r/).length;

/** Reads one config.json: the model is another one then, and all else stays. What was wrong with it or assumed is said field by field. */
export const importedConfig = ({ name: file, text }: GivenFile, choices: Choices): Imported => {
  const { architecture, issues, problem } = readConfig({ text });
  if (architecture === null) {
    const sentences = [...issues.map(({ message }) => message), ...(problem === undefined ? [] : [problem])];
    return { kind: "refused", refusals: sentences.map((sentence): Refusal => ({ file, line: null, sentence })) };
  }
  const model: ImportLine = {
    at: { file, line: lineAt(text, /"model_type"\s*:/) },
    field: `model_type: ${architecture.model_type}`,
    key: "model",
    text: null,
    sentence: null,
  };
  return {
    kind: "imported",
    choices: { ...choices, model: { kind: "architecture", architecture } },
    tools: ["config.json"],
    lists: { notModelled: [], assumed: issues.map((issue) => lineOf(issue, file)), read: [model], ignored: [] },
    checked: 0,
  };
};
