import { readFileSync } from "node:fs";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import type { ExportedFile } from "#interop/export/exporter.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";

/** A field of an exported file: its key, and the lists of the tool's own fields of which one has to have it. */
export type ExportedField = Readonly<{ key: string; lists: readonly string[] }>;

type Lists = Readonly<Record<string, Readonly<{ package: string; version: string; keys: readonly string[] }>>>;

/** What `tools/exports/list_keys.py` found in the tools. */
export const KEYS: Lists = JSON.parse(readFileSync("tests/golden/config-keys.json", "utf8")) as Lists;

const isListed = ({ key, lists }: ExportedField): boolean => lists.some((list) => KEYS[list]?.keys.includes(key));

/** Fields that the tool's version has not. */
export const unknownFields = (fields: readonly ExportedField[]): readonly string[] =>
  fields.filter((field) => !isListed(field)).map(({ key, lists }) => `${key} of ${lists.join(" or ")}`);

const within = (keys: readonly string[], lists: readonly string[]): readonly ExportedField[] =>
  keys.map((key) => ({ key, lists }));

const TOP_LISTS: Readonly<Partial<Record<ExportTool, readonly string[]>>> = {
  axolotl: ["Axolotl", "Axolotl, Liger"],
  "llama-factory": ["LLaMA-Factory, model", "LLaMA-Factory, data", "LLaMA-Factory, method", "TrainingArguments"],
};

/** Of every command of TRL, and of that for GRPO. */
const TRL_LISTS: readonly string[] = ["TRL scripts", "TRL data", "TRL data, GRPO"];

const isSection = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Keys of nested sections, with points between. */
const paths = (value: unknown, path: readonly string[] = []): readonly string[] =>
  isSection(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, inside]) => paths(inside, [...path, name]))
    : [path.join(".")];

/** A section that names its component has that component's own arguments; the builder of a model that torchtune has no config of is a placeholder. */
const sectionFields = (name: string, value: unknown): readonly ExportedField[] => {
  const component = isSection(value) ? value["_component_"] : undefined;
  if (!isSection(value) || typeof component !== "string" || component.startsWith("YOUR_"))
    return within(paths(value, [name]), ["torchtune"]);
  return within(
    Object.keys(value).filter((key) => key !== "_component_"),
    [component],
  );
};

const torchtuneFields = (text: string): readonly ExportedField[] =>
  Object.entries(parseYaml(text) as object).flatMap(([name, value]) => sectionFields(name, value));

const accelerateFields = (text: string): readonly ExportedField[] => {
  const file = parseYaml(text) as Readonly<Record<string, unknown>>;
  const inside = Object.values(file).filter(isSection).flatMap(Object.keys);
  return [...within(Object.keys(file), ["accelerate"]), ...within(inside, ["accelerate, options"])];
};

const deepspeedFields = (text: string): readonly ExportedField[] => {
  const file = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const zero = file["zero_optimization"];
  return [
    ...within(Object.keys(file), ["DeepSpeed", "DeepSpeed, sections"]),
    ...within(isSection(zero) ? Object.keys(zero) : [], ["DeepSpeed, ZeRO"]),
  ];
};

const swiftFields = (text: string): readonly ExportedField[] =>
  within(
    [...text.matchAll(/^ {4}--(\w+)/gm)].map(([, name = ""]) => name),
    ["ms-swift"],
  );

/** Calls whose arguments are no settings. */
const OTHER_CALLS: readonly string[] = ["Trainer", "SFTTrainer", "deepspeed.initialize"];

/** What the YAML of TRL's command line trains with, by a field that its config has alone. */
const trlConfig = (file: Readonly<Record<string, unknown>>): string => {
  if ("max_completion_length" in file) return "GRPOConfig";
  const loss = file["loss_type"];
  if (Array.isArray(loss)) return "DPOConfig";
  return loss === "kto" || loss === "apo_zero_unpaired" ? "KTOConfig" : "SFTConfig";
};

/** Calls that hand their arguments on. @see unsloth@015bdef0:unsloth/models/llama.py, get_peft_model (`**kwargs` are LoraConfig's) */
const LISTS_OF_CALLS: Readonly<Record<string, readonly string[]>> = {
  "AutoModelForCausalLM.from_pretrained": ["from_pretrained"],
  "FastLanguageModel.get_peft_model": ["FastLanguageModel.get_peft_model", "LoraConfig"],
};

/** Arguments by name of a script's calls, one a line. */
const scriptFields = (text: string): readonly ExportedField[] => {
  const calls = text.matchAll(/^(?:[\w, ]+ = )?([\w.]+)\(\n((?: {4}.*\n)+)\)$/gm);
  return [...calls].flatMap(([, callee = "", body = ""]) => {
    const names = [...body.matchAll(/^ {4}(\w+)=/gm)].map(([, name = ""]) => name);
    return OTHER_CALLS.includes(callee) ? [] : within(names, LISTS_OF_CALLS[callee] ?? [callee]);
  });
};

/** The fields of a tool's file. */
export const fieldsOf = (tool: ExportTool, { name, text }: ExportedFile): readonly ExportedField[] => {
  if (name === "train.py") return scriptFields(text);
  if (name === "accelerate.yaml") return accelerateFields(text);
  if (name.endsWith(".json")) return deepspeedFields(text);
  if (name.endsWith(".sh")) return swiftFields(text);
  if (name.endsWith(".toml")) return within(paths(parseToml(text)), ["torchtitan"]);
  if (tool === "torchtune") return torchtuneFields(text);
  const file = parseYaml(text) as Readonly<Record<string, unknown>>;
  const lists = tool === "trl-yaml" ? [trlConfig(file), ...TRL_LISTS] : (TOP_LISTS[tool] ?? []);
  return within(Object.keys(file), lists);
};
