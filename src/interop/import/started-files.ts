import { settingsOf, isSetting, withSettings, wordsOf } from "./overrides.ts";
import { ownName } from "./own-name.ts";
import type { RecognizedFile } from "./runs.ts";
import { type Source, type SourceField, wordOf } from "./read-fields.ts";
import { LAUNCH_READER } from "./tools/launch/launcher.ts";
import { TORCHTUNE_READER, TUNE_COMMAND_READER } from "./tools/torchtune/torchtune.ts";

/** Programs that take settings beside the file that they name: `tune run ... --config x.yaml a=1`, `llamafactory-cli train x.yaml a=1`. */
const TAKES_SETTINGS = /^(?<tune>tune run)\b|^llamafactory-cli train\b/;

const commandOf = ({ format, fields }: Source): string =>
  format === "command" ? wordOf(fields.get("command")?.value ?? "") : "";

/** Where a command names its file, and what it sets beside it. */
const settingPlace = ({ fields }: Source): SourceField | undefined => fields.get("config") ?? fields.get("command");

/** The file that a command starts: the one that it names, or of torchtune's own configs a copy. */
const startedBy = (own: Source, others: readonly RecognizedFile[]): RecognizedFile | undefined => {
  const place = settingPlace(own);
  const words = place === undefined ? [] : wordsOf(place.value).map(ownName);
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
    wordsOf(field.value)
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
  return place === undefined ? [] : settingsOf(place);
};

/** Sections of a config that are components, which may be set by their names. */
const COMPONENTS = /^(model|optimizer|loss|tokenizer|dataset|checkpointer|lr_scheduler|metric_logger|profiler)$/;

/** A config that the command has by its name: what it sets is all that is known of its fields. */
const withOwnSettings = ({ source, tool }: RecognizedFile): RecognizedFile => {
  const settings = settingsIn(source).map((field) =>
    COMPONENTS.test(field.path) ? { ...field, path: `${field.path}._component_` } : field,
  );
  return { tool, source: withSettings(bare(source), settings) };
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
  return { ...file, source: { ...withSettings(file.source, settingsIn(source)), ...(words && { startedBy: words }) } };
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
