// The MCP server and its tools: estimate, advise, smallest_gpu, and import_config.

import { type Issue, isNotKnownIssue } from "#scenario/keys/issues.ts";
import { libraryWords } from "#catalog/stack-library.ts";
import { formatGib } from "#format/bytes.ts";
import { plainSpaces } from "#format/numbers.ts";
import { FIT_NAMES } from "#package/terminal-text.ts";
import { type EstimateJson, knownMethods, type KnownMethodJson } from "#scenario/choices/estimate-json.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { notKnownLines, notKnownJson, givenSearch, readGiven } from "#package/given-scenario.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { type EstimateJson as apiEstimateJson, estimate, type ImportJson, advise } from "#package/api.ts";
import { readOverrides, importWithOverrides } from "#package/import-overrides.ts";
import { importJson } from "#package/import-json.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import {
  SCENARIO_PROPERTIES,
  scenarioOf,
  type Tool,
  isScenarioMissing,
  type ObjectSchema,
} from "./scenario-argument.ts";
import { smallestCard, withGpuCount } from "#advice/smallest-gpu.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { AdviseJson } from "#package/advise-json.ts";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult } from "@modelcontextprotocol/sdk/types.js";

/** Inputs that were taken otherwise than they were given. */
const issueText = ({ message }: Issue): string => `Note: ${message}`;

/** What the training step leaves out, where it is asked for. */
const runText = ({ moments, worstMoment, fit, headroomBytes }: NonNullable<KnownMethodJson["run"]>): string => {
  const each = moments.map(({ id, peakBytes }) => `${id} ${formatGib(peakBytes)} GiB`).join(", ");
  const spare = `${formatGib(Math.abs(headroomBytes))} GiB ${headroomBytes < 0 ? "too much" : "to spare"}`;
  const others = moments.filter((moment) => moment.fit === "not-known").map(({ id }) => id);
  const without = others.length === 0 ? "" : ` without ${others.join(" and ")}, which is not known`;
  return `The whole run ${FIT_NAMES[fit]}${without}, with ${spare} in its worst moment, ${worstMoment} (allocated: ${each}).`;
};

const methodText = ({
  method,
  onCardBytes,
  onCardRangeBytes: [low, high],
  peakBytes,
  fit,
  cannotRun,
  run,
}: KnownMethodJson): string => {
  const figures = `needs ${formatGib(onCardBytes)} GiB on each GPU (${formatGib(low)} to ${formatGib(high)}; PyTorch allocates ${formatGib(peakBytes)})`;
  return `${METHOD_NAMES[method].label} ${figures}: ${cannotRun ?? FIT_NAMES[fit]}.${run === undefined ? "" : ` ${runText(run)}`}`;
};

/** The card and each method; nothing where something that was asked for is not known. */
const figures = (estimate: EstimateJson): readonly string[] => {
  const { gpu, scenario } = estimate;
  const methods = knownMethods(estimate);
  if (methods.length === 0 || gpu.usableBytes === null) return [];
  const usable = `${formatGib(gpu.usableBytes)} GiB usable${gpu.estimated ? ", estimated" : ""}`;
  return [`On ${String(scenario["gpus"])} x ${gpu.name} (${usable}):`, ...methods.map(methodText)];
};

/** An estimate in sentences: what was taken otherwise than it was given, as the figures are of that; then number, range, version and link. @internal */
export const estimateText = (estimate: EstimateJson): string => {
  const { version, link, issues, library } = estimate;
  const ranAs = library === null || estimate.notKnown !== null ? null : libraryWords(library);
  const lines = [
    ...issues.filter((issue) => !isNotKnownIssue(issue)).map(issueText),
    ...notKnownLines(estimate),
    ...figures(estimate),
    ...estimate.notCounted,
    ...(ranAs === null ? [] : [ranAs]),
    `Link: ${link} (version ${version})`,
  ];
  return plainSpaces(lines.join("\n"));
};

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

const textOf = (imported: ImportJson, taken: apiEstimateJson | null): string => {
  const { tools, notModelled, refusals } = imported;
  if (taken === null) return refusals.map(({ file, sentence }) => `${file}: ${sentence}`).join("\n");
  const missing = notModelled.map(
    ({ field, sentence }) => `Not modelled, and in no figure: ${field} (${sentence ?? ""})`,
  );
  return [`Read as ${tools.join(" and ")}.`, ...missing, ...assumedText(imported), estimateText(taken)].join("\n");
};

/** Training files of other tools as a scenario, and its estimate. */
const IMPORT_CONFIG: Tool = {
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
    const before = readOverrides(givenSearch(scenarioOf(told)), { gpu: null, gpus: null });
    if (typeof before === "string") throw new TypeError(before);
    const read = importWithOverrides(filesOf(files), before);
    const imported = importJson(read);
    // The method that the files run, alone.
    const taken =
      read.kind === "refused" ? null : estimate(encodeLink({ ...read.choices, show: [read.choices.method] }));
    return { text: textOf(imported, taken), data: { ...imported, estimate: taken } };
  },
};

/** A method on the smallest cards that hold it, as an estimate; null where no number of any card does. */
const smallestOf = (choices: Choices, method: MethodId) => {
  const { found } = smallestCard(choices, method, FULL_CATALOG);
  if (found === null) return { method, gpu: null, gpus: null, estimate: null };
  const { id, gpus } = found;
  const there: Choices = { ...withGpuCount(choices, gpus), method, show: [method], gpu: { kind: "catalog", id } };
  return { method, gpu: id, gpus, estimate: estimate(encodeLink(there)) };
};

/** The smallest cards that advice may name, for each method shown. */
const SMALLEST_GPU: Tool = {
  description:
    "The smallest GPU that people have or rent, and how many of it, on which each method of a fine-tuning scenario fits; all else stays as it is.",
  inputSchema: { type: "object", properties: SCENARIO_PROPERTIES, additionalProperties: false },
  answer: (given) => {
    const { value, issues } = readGiven(scenarioOf(given));
    const names = notKnownJson(value);
    if (names.notKnown !== null)
      return {
        text: notKnownLines(names).join("\n"),
        data: { version: 1, link: encodeLink(value), issues, ...names, smallest: [] },
      };
    const smallest = value.show.map((method) => smallestOf(value, method));
    const text = smallest.map(({ method, estimate: there }) =>
      there === null ? `No number of any GPU is enough for ${method}.` : estimateText(there),
    );
    return { text: text.join("\n"), data: { version: 1, link: encodeLink(value), issues, ...names, smallest } };
  },
};

const OF_A_SCENARIO: ObjectSchema = { type: "object", properties: SCENARIO_PROPERTIES, additionalProperties: false };

const ESTIMATE: Tool = {
  description:
    "How much GPU memory a fine-tuning scenario takes: full fine-tuning, LoRA and QLoRA part by part, what the card must have, and whether it fits.",
  inputSchema: OF_A_SCENARIO,
  answer: (given) => {
    const data = estimate(scenarioOf(given));
    return { text: estimateText(data), data };
  },
};

const changeText = ({ smallestSet }: AdviseJson): string => {
  if (smallestSet === null) return "No set of changes makes it fit.";
  if (smallestSet.ids.length === 0) return "Nothing has to change.";
  return `What to change first: ${smallestSet.ids.join(" + ")}.\n${estimateText(estimate(smallestSet.link))}`;
};

const ADVISE: Tool = {
  description:
    "What to change so that the method in focus of a fine-tuning scenario fits its GPU, the largest batch, sequence, rank and model that fit, and the smallest GPUs. Takes a second or more.",
  inputSchema: OF_A_SCENARIO,
  answer: (given) => {
    const data = advise(scenarioOf(given));
    if (data.notKnown !== null) return { text: estimateText(estimate(data.link)), data };
    const { maxBatch, maxSequence } = data.inverse;
    const smallest = data.smallestGpu.map(({ method, gpu, gpus, fit }) =>
      gpu === null
        ? `${method}: no GPU is enough`
        : `${method}: ${gpus} x ${gpu}${fit === "tight" ? ", may not fit" : ""}`,
    );
    const text = [
      estimateText(estimate(data.link)),
      changeText(data),
      `Largest micro batch ${maxBatch.value ?? "none"}, longest sequence ${maxSequence.value ?? "none"} with all else as it is.`,
      `Smallest GPUs: ${smallest.join("; ")}.`,
    ];
    return { text: text.join("\n"), data };
  },
};

const OF_THE_DEFAULT = "Note: neither link nor keys say anything: this is the default scenario.";

/** A tool of a scenario, which says so where the default one stands for what was not given. */
const noted = (tool: Tool): Tool => ({
  ...tool,
  answer: (given) => {
    const { text, data } = tool.answer(given);
    return { text: isScenarioMissing(given) ? `${OF_THE_DEFAULT}\n${text}` : text, data };
  },
});

/** The tools of the server by their names. None writes anything, and none asks anybody. @internal */
export const ALL_TOOLS: Readonly<Record<string, Tool>> = {
  estimate: noted(ESTIMATE),
  advise: noted(ADVISE),
  smallest_gpu: noted(SMALLEST_GPU),
  import_config: IMPORT_CONFIG,
};

/** What every answer has: its version, and the link that leads to it. */
const ANSWER: ObjectSchema = {
  type: "object",
  properties: { version: { const: 1 }, link: { type: ["string", "null"] } },
  required: ["version", "link"],
};

const refused = (sentence: string): CallToolResult => ({ isError: true, content: [{ type: "text", text: sentence }] });

const answerTo = (name: string, given: Readonly<Record<string, unknown>>): CallToolResult => {
  const tool = Object.hasOwn(ALL_TOOLS, name) ? ALL_TOOLS[name] : undefined;
  if (tool === undefined) return refused(`There is no tool ${JSON.stringify(name)}.`);
  try {
    const { text, data } = tool.answer(given);
    return { content: [{ type: "text", text }], structuredContent: { ...data } };
  } catch (error) {
    // What was given is at fault, and whoever gave it can say it otherwise.
    if (error instanceof TypeError) return refused(error.message);
    throw error;
  }
};

/**
 * A server of the Model Context Protocol with the engine's questions as tools: read-only, and closed to the world.
 *
 * Arguments are read by the tools, which say in `issues` what they could not take, as links do.
 *
 * @param version of the package
 */
export const createServer = (version: string): Server => {
  const server = new Server({ name: "headroom", version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.entries(ALL_TOOLS).map(([name, { description, inputSchema }]) => ({
      name,
      description,
      inputSchema,
      outputSchema: ANSWER,
      annotations: { readOnlyHint: true, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: given = {} } }) =>
    answerTo(name, given),
  );
  return server;
};
