import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { parseConfigJson } from "#interop/config-json.ts";
import { COUNT_FIELDS } from "#interop/config/count-fields.ts";
import { TEXT_PARTS } from "#interop/config/decoder-part.ts";
import type { Finding } from "#interop/import/finding.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { ARCHITECTURE_FIELDS } from "#scenario/keys/codec/architecture-fields.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { linkTexts } from "#scenario/choices/url.ts";
import { HARMLESS_OF_CONFIG, OF_OTHER_PARTS } from "./harmless-of-config.ts";
import { readQuantizationConfig } from "./quantization-config.ts";

const PLACE = /^(config\.json is not JSON\. )?Line (\d+), column (\d+): /;

/** A sentence without the line that it begins with, which is said beside it. */
const placed = (message: string): Readonly<{ line: number | null; sentence: string }> => {
  const [, , line] = PLACE.exec(message) ?? [];
  return { line: line === undefined ? null : Number(line), sentence: message.replace(PLACE, "$1Column $3: ") };
};

/** A field of the decoder: within its part, which counts, or outside of any. */
const decoderField = (source: Source, name: string): SourceField | undefined =>
  [...TEXT_PARTS.map((part) => `${part}.${name}`), name]
    .map((path) => source.fields.get(path))
    .find((field) => field !== undefined);

const archOf = (architecture: Architecture): string =>
  linkTexts({ ...DEFAULT_CHOICES, model: { kind: "architecture", architecture } })["arch"] ?? "";

/** The counts that the file has, under any of their names: each is a part of the architecture, by its tag. */
const countFields = (source: Source, architecture: Architecture): readonly Finding[] =>
  ARCHITECTURE_FIELDS.flatMap(({ field: name, tag }): readonly Finding[] => {
    const names = Object.entries(COUNT_FIELDS).find(([each]) => each === name)?.[1].names ?? [];
    const field = names.map((each) => decoderField(source, each)).find((each) => each !== undefined);
    const value = architecture[name];
    if (field === undefined || typeof value !== "number") return [];
    return [{ kind: "read", field, key: "arch", text: `${tag}${value}`, isPart: true }];
  });

/** What is wrong with a file, with its line; the column stays in the sentence, for files of one line. */
const refused = (source: Source, { key, message }: Pick<Issue, "key" | "message">): Finding => {
  const { line, sentence } = placed(message);
  const [first = null] = source.fields.values();
  const field = decoderField(source, key) ?? (line === null ? null : first);
  return { kind: "refused", field: field === null || line === null ? field : { ...field, line }, sentence };
};

/** What was wrong with a field, or is assumed where there is none. */
const issueFinding = (source: Source, { code, key, message }: Issue): Finding => {
  const field = decoderField(source, key);
  const { sentence } = placed(message);
  if (field === undefined || code === "assumed-field")
    return { kind: "filled", key: "arch", sentence, ...(field && { field }) };
  return { kind: "not-modelled", field, sentence };
};

/** No GPU can run what these numbers say. */
const NOT_RUNNABLE = {
  key: "model_type",
  message: "Its numbers do not make a model that can run: do they belong together?",
};

const readArchitecture = (source: Source): readonly Finding[] => {
  const { value, issues } = parseConfigJson(source.text ?? "");
  const type = decoderField(source, "model_type") ?? [...source.fields.values()][0];
  if (value === null || type === undefined) return issues.map((issue) => refused(source, issue));
  if (!ENGINE.isRunnable(value)) return [...issues, NOT_RUNNABLE].map((issue) => refused(source, issue));
  return [
    ...countFields(source, value),
    { kind: "read", field: type, key: "model", text: "custom" },
    { kind: "read", field: type, key: "arch", text: archOf(value) },
    ...issues.map((issue) => issueFinding(source, issue)),
  ];
};

/** Parts of a model of several kinds of input, which are not counted. */
const readParts = (source: Source): readonly Finding[] =>
  OF_OTHER_PARTS.flatMap((part): readonly Finding[] => {
    const inside = [...source.fields.values()].find(({ path }) => path.startsWith(`${part}.`));
    if (inside === undefined) return [];
    const sentence = `Of ${part} nothing is counted: the model is taken as its text decoder alone.`;
    return [{ kind: "not-modelled", field: inside, sentence }];
  });

/** Names that only a model's own config.json has. */
const OWN = ["hidden_size", "n_embd", "d_model", "num_hidden_layers", "n_layer"];

/** A file that names no type is a model's where it has several of these. */
const ENOUGH = 2;

/** Any of them says that a file is of a model; the last one that it is of diffusers. */
const TYPES = ["model_type", "architectures", "_class_name"];

const isOfModel = (source: Source): boolean =>
  TYPES.some((name) => source.fields.has(name)) ||
  OWN.filter((name) => decoderField(source, name) !== undefined).length >= ENOUGH;

/** A model's config.json: its architecture, and how its weights are packed. */
export const CONFIG_JSON_READER: ToolReader = {
  id: "config-json",
  name: "config.json",
  stack: null,
  says: "part",
  recognises: (source) => source.text !== undefined && isOfModel(source),
  read: (source) => {
    const architecture = readArchitecture(source);
    if (architecture.some(({ kind }) => kind === "refused")) return architecture;
    return [...architecture, ...readParts(source), ...readQuantizationConfig(source)];
  },
  harmless: HARMLESS_OF_CONFIG,
};
