import type { GivenFile } from "#interop/import/source.ts";
import { type EstimateJson, estimate, type ImportJson } from "#package/api.ts";
import { readGoesBefore } from "#package/check/goes-before.ts";
import { importBeside } from "#package/check/import-beside.ts";
import { givenSearch } from "#package/given.ts";
import { importJson } from "#package/import-json.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { estimateText } from "./estimate-text.ts";
import { SCENARIO_PROPERTIES, scenarioOf } from "./scenario-argument.ts";
import type { Tool } from "./tool.ts";

const isText = (value: unknown): value is string => typeof value === "string";

const isFile = (file: unknown): file is GivenFile =>
  typeof file === "object" &&
  file !== null &&
  "name" in file &&
  "text" in file &&
  isText(file.name) &&
  isText(file.text);

/** @throws TypeError where they are none */
const filesOf = (files: unknown): readonly GivenFile[] => {
  if (!Array.isArray(files) || files.length === 0 || !files.every(isFile))
    throw new TypeError("files is not a list of files, each with its name and its text.");
  return files;
};

/** What no file says, in a line: "model=llama-3.1-8b optim=adamw_torch_fused". */
const assumedText = ({ assumed }: ImportJson): readonly string[] => {
  const keys = assumed.flatMap(({ key, value }) => (key === null || value === null ? [] : [`${key}=${value}`]));
  return keys.length === 0 ? [] : [`Assumed, as no file says it: ${keys.join(" ")}.`];
};

const textOf = (imported: ImportJson, taken: EstimateJson | null): string => {
  const { tools, notModelled, refusals } = imported;
  if (taken === null) return refusals.map(({ file, sentence }) => `${file}: ${sentence}`).join("\n");
  const missing = notModelled.map(
    ({ field, sentence }) => `Not modelled, and in no figure: ${field} (${sentence ?? ""})`,
  );
  return [`Read as ${tools.join(" and ")}.`, ...missing, ...assumedText(imported), estimateText(taken)].join("\n");
};

/** Training files of other tools as a scenario, and its estimate. */
export const IMPORT_CONFIG: Tool = {
  description:
    "Reads training files of Axolotl, LLaMA-Factory, TRL, torchtune, Unsloth, ms-swift, DeepSpeed, accelerate, PEFT and others as one scenario, says what of them is assumed or not modelled, and estimates it. Nothing of the files is run. link or keys go before what the files say: the GPU (gpu, gpus), of which files say nothing.",
  inputSchema: {
    type: "object",
    properties: {
      files: {
        type: "array",
        description: "A run and the files that belong to it",
        items: {
          type: "object",
          properties: { name: { type: "string" }, text: { type: "string" } },
          required: ["name", "text"],
        },
      },
      ...SCENARIO_PROPERTIES,
    },
    required: ["files"],
    additionalProperties: false,
  },
  answer: ({ files, ...told }) => {
    const before = readGoesBefore(givenSearch(scenarioOf(told)), { gpu: null, gpus: null });
    if (typeof before === "string") throw new TypeError(before);
    const read = importBeside(filesOf(files), before);
    const imported = importJson(read);
    // The method that the files run, alone.
    const taken =
      read.kind === "refused" ? null : estimate(encodeLink({ ...read.choices, show: [read.choices.method] }));
    return { text: textOf(imported, taken), data: { ...imported, estimate: taken } };
  },
};
