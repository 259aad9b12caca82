// Runs among the given files: which tool reads each file, and which command starts which file.

import { joinWithAnd } from "#format/phrases.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { type Finding, type Refusal, type Source, type SourceField, wordOf, type ToolReader } from "./source-fields.ts";
import { lastNamePart } from "./named-model.ts";
import { commandWords, commandSettings, isSetting, withCommandSettings } from "./overrides.ts";
import { ACCELERATE_READER } from "./tools/accelerate.ts";
import { AXOLOTL_READER } from "./tools/axolotl/axolotl.ts";
import { CONFIG_JSON_READER, TENSOR_INDEX_READER } from "./tools/config-json.ts";
import { DEEPSPEED_READER } from "./tools/deepspeed.ts";
import { LAUNCH_READER } from "./tools/launcher.ts";
import {
  LLAMA_FACTORY_READER,
  NEXT_LLAMA_FACTORY_READER,
  LLAMA_FACTORY_COMMAND_READER,
} from "./tools/llama-factory/llama-factory.ts";
import { MS_SWIFT_READER } from "./tools/ms-swift/ms-swift.ts";
import { PEFT_SCRIPT_READER, PEFT_READER } from "./tools/peft.ts";
import { TORCHTITAN_READER } from "./tools/torchtitan.ts";
import { TORCHTUNE_READER, TUNE_COMMAND_READER } from "./tools/torchtune/torchtune.ts";
import { TRAINER_COMMAND_READER } from "./tools/trainer-command.ts";
import { TRL_SCRIPT_READER } from "./tools/trl/trl-script.ts";
import { TRL_READER, TRL_COMMAND_READER } from "./tools/trl/trl.ts";
import { UNSLOTH_READER } from "./tools/unsloth/unsloth.ts";

/** Whether a command has the name of one of these files among its words. */
const namesOneOf = ({ format, fields }: Source, files: readonly string[]): boolean =>
  format === "command" &&
  [...fields.values()].some(({ value }) => commandWords(value).some((word) => files.includes(lastNamePart(word))));

/** What a command decides of the file that it starts, where neither says it. */
const OF_LAUNCHERS: readonly LinkKey[] = ["gpus", "shard", "offload"];

const isOfACommand = (found: Finding): boolean =>
  (found.kind !== "assumed" && found.kind !== "filled") || OF_LAUNCHERS.includes(found.key);

/** A command beside the file that it starts: what it leaves open that file decides. */
const asPart = ({ source, tool }: RecognizedFile): RecognizedFile => ({
  source,
  tool: {
    ...tool,
    stack: null,
    says: "part",
    read: (given, look) => tool.read(given, look).filter(isOfACommand),
  },
});

const COUNTS: Readonly<Record<number, string>> = { 2: "two", 3: "three", 4: "four" };

const isRun = ({ tool }: RecognizedFile): boolean => tool.says === "run";

/** What of a command's fields says something of its launcher alone: the environment, and flags before the script. */
const OF_A_LAUNCHER = /^(?:command|config|launch\..*|[A-Z][A-Z\d_]*)$/;

const fieldsOf = ({ source }: RecognizedFile, isLaunching: boolean): Source["fields"] =>
  new Map([...source.fields].filter(([path]) => OF_A_LAUNCHER.test(path) === isLaunching));

const withFields = (own: RecognizedFile, fields: Source["fields"]): RecognizedFile => ({
  ...own,
  source: { ...own.source, fields },
});

/** Flags of a command go before the same fields of the file that it names, where one tool reads both; its words say what the file is run for. */
const withFlags = (own: RecognizedFile, commands: readonly RecognizedFile[]): RecognizedFile => {
  const starting = commands.filter(({ tool }) => own.source.format !== "command" && tool.id === own.tool.id);
  const flags = starting.flatMap((command) => [...fieldsOf(command, false)]);
  const [words] = starting.flatMap(({ source }) => source.fields.get("command") ?? []);
  const started = words === undefined ? own : { ...own, source: { ...own.source, startedBy: words } };
  return flags.length === 0 ? started : withFields(started, new Map([...own.source.fields, ...flags]));
};

const ATTRIBUTE = /^[A-Za-z_]\w*\.([A-Za-z_]\w*)$/;

/** A script's `args.model_name` is what the command beside it says of `--model_name`. */
const withAttributes = (own: RecognizedFile, recognised: readonly RecognizedFile[]): RecognizedFile => {
  if (own.source.calls === undefined) return own;
  const starting = recognised.filter(({ source }) => namesOneOf(source, [own.source.file]));
  const flags = new Map(starting.flatMap((command) => [...fieldsOf(command, false)]));
  const said = [...own.source.fields].map(([path, field]): readonly [string, SourceField] => {
    const [, name = ""] = ATTRIBUTE.exec(typeof field.value === "string" ? field.value : "") ?? [];
    const flag = flags.get(name);
    return [path, flag === undefined ? field : { ...field, value: flag.value }];
  });
  return withFields(own, new Map(said));
};

/** Files, of which commands that start another of them are parts. A file of the launcher or of DeepSpeed that a command names is started by none. */
export const withCommandsAsParts = (recognised: readonly RecognizedFile[]): readonly RecognizedFile[] => {
  const commands = recognised.filter((own) => {
    const others = recognised.flatMap((each) => (each === own || !isRun(each) ? [] : [each.source.file]));
    return isRun(own) && namesOneOf(own.source, others);
  });
  return recognised.map((own) => {
    if (!commands.includes(own)) return withAttributes(withFlags(own, commands), recognised);
    const isTaken = recognised.some((each) => each !== own && each.tool.id === own.tool.id);
    return asPart(isTaken ? withFields(own, fieldsOf(own, true)) : own);
  });
};

/** Two runs are no scenario: parts of both would make one that nobody has. Empty: there is one at the most. */
export const severalRuns = (recognised: readonly RecognizedFile[]): readonly Refusal[] => {
  const runs = recognised.filter(isRun).map(({ source }) => source.file);
  const sentence = `${joinWithAnd(runs)} are ${COUNTS[runs.length] ?? runs.length} runs: import one.`;
  return runs.length < 2 ? [] : [{ file: runs[0] ?? "", line: null, sentence }];
};

/** Every tool whose files are read. The first that recognises a file has it: those with fields of their own stand before those whose fields others have, too. */
export const ALL_TOOLS: readonly ToolReader[] = [
  UNSLOTH_READER,
  MS_SWIFT_READER,
  TORCHTITAN_READER,
  AXOLOTL_READER,
  LLAMA_FACTORY_COMMAND_READER,
  LLAMA_FACTORY_READER,
  NEXT_LLAMA_FACTORY_READER,
  TORCHTUNE_READER,
  TUNE_COMMAND_READER,
  PEFT_SCRIPT_READER,
  TRL_COMMAND_READER,
  TRAINER_COMMAND_READER,
  TRL_READER,
  TRL_SCRIPT_READER,
  ACCELERATE_READER,
  DEEPSPEED_READER,
  PEFT_READER,
  LAUNCH_READER,
  TENSOR_INDEX_READER,
  CONFIG_JSON_READER,
];

/** A file, and the tool whose it is. */
export type RecognizedFile = Readonly<{ source: Source; tool: ToolReader }>;

/** Programs that take settings beside the file that they name: `tune run ... --config x.yaml a=1`, `llamafactory-cli train x.yaml a=1`. */
const TAKES_SETTINGS = /^(?<tune>tune run)\b|^llamafactory-cli train\b/;

const commandOf = ({ format, fields }: Source): string =>
  format === "command" ? wordOf(fields.get("command")?.value ?? "") : "";

/** Where a command names its file, and what it sets beside it. */
const settingPlace = ({ fields }: Source): SourceField | undefined => fields.get("config") ?? fields.get("command");

/** The file that a command starts: the one that it names, or of torchtune's own configs a copy. */
const startedBy = (own: Source, others: readonly RecognizedFile[]): RecognizedFile | undefined => {
  const place = settingPlace(own);
  const words = place === undefined ? [] : commandWords(place.value).map(lastNamePart);
  const isTune = TAKES_SETTINGS.exec(commandOf(own))?.groups?.["tune"] !== undefined;
  return (
    others.find(({ source }) => source !== own && words.includes(source.file)) ??
    (isTune
      ? others.find(({ source, tool }) => source !== own && tool.id === TORCHTUNE_READER.id && commandOf(source) === "")
      : undefined)
  );
};

/** A command without what it sets. */
const bare = (source: Source): Source => {
  const place = settingPlace(source);
  const words = (field: SourceField): string =>
    commandWords(field.value)
      .filter((word) => !isSetting(word))
      .join(" ");
  return {
    ...source,
    fields: new Map(
      [...source.fields].map(([path, field]) => [path, field === place ? { ...field, value: words(field) } : field]),
    ),
  };
};

const settingsIn = (source: Source): readonly SourceField[] => {
  const place = settingPlace(source);
  return place === undefined ? [] : commandSettings(place);
};

/** Sections of a config that are components, which may be set by their names. */
const COMPONENTS = /^(model|optimizer|loss|tokenizer|dataset|checkpointer|lr_scheduler|metric_logger|profiler)$/;

/** A config that the command has by its name: what it sets is all that is known of its fields. */
const withOwnSettings = ({ source, tool }: RecognizedFile): RecognizedFile => {
  const settings = settingsIn(source).map((field) =>
    COMPONENTS.test(field.path) ? { ...field, path: `${field.path}._component_` } : field,
  );
  return { tool, source: withCommandSettings(bare(source), settings) };
};

type Started = Readonly<{ command: RecognizedFile; file: RecognizedFile }>;

/** A command whose settings another file has now. */
const asLauncher = ({ command, file }: Started): RecognizedFile => ({
  source: { ...bare(command.source), starts: file.source.file },
  tool: LAUNCH_READER,
});

/** A file with what a command sets beside it, and what starts it. */
const asStarted = ({ command: { source }, file }: Started): RecognizedFile => {
  const words = source.fields.get("command");
  return {
    ...file,
    source: { ...withCommandSettings(file.source, settingsIn(source)), ...(words && { startedBy: words }) },
  };
};

/** Files with what a command that starts one of them sets beside it. */
export const withOverrides = (recognised: readonly RecognizedFile[]): readonly RecognizedFile[] => {
  const started = recognised.flatMap((own): readonly Started[] => {
    const file = TAKES_SETTINGS.test(commandOf(own.source)) ? startedBy(own.source, recognised) : undefined;
    return file === undefined ? [] : [{ command: own, file }];
  });
  return recognised.map((own) => {
    const starting = started.find(({ command }) => command === own);
    if (starting !== undefined) return asLauncher(starting);
    const starter = started.find(({ file }) => file === own);
    if (starter !== undefined) return asStarted(starter);
    return own.tool.id === TUNE_COMMAND_READER.id ? withOwnSettings(own) : own;
  });
};
