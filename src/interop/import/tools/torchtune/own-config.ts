import { ownValue } from "#calc/base/own-value.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";
import { LAUNCH_READER } from "#interop/import/tools/launch/launch-reader.ts";
import { readTuneRun, TORCHTUNE_READER } from "#interop/import/tools/torchtune.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { wordsOf } from "#interop/import/words-of.ts";
import { BUILDERS } from "./builders.ts";

/** The recipes of plain fine-tuning. */
const RECIPE = /^tune run\b.*\b(?:full|lora)_finetune_(?:distributed|single_device)$/;

/** "llama3_1/8B_lora_single_device": the model and the method. @see torchtune@bd2a0fc7:recipes/configs/ */
const NAME = /^(?<family>\w+)\/(?<size>[\w.]+?)_(?<method>full|q?lora|q?dora)(?:_single_device|_low_memory|_fsdp2)?$/;

/** A config of torchtune's own. */
type OwnName = Readonly<{ name: string; family: string; model: string; method: string }>;
type OwnConfig = OwnName & Readonly<{ field: SourceField }>;

const ownNameOf = (name: string): OwnName | undefined => {
  const { family = "", size = "", method = "" } = NAME.exec(name)?.groups ?? {};
  const model = `${family}_${size.toLowerCase().replaceAll(".", "_")}`;
  return ownValue(BUILDERS, model) === undefined ? undefined : { name, family, model, method };
};

const ownConfigOf = (source: Source): OwnConfig | undefined => {
  const [field, command] = [fieldOf(source, "config"), fieldOf(source, "command")];
  if (field === undefined || command === undefined || !RECIPE.test(wordOf(command.value))) return undefined;
  const own = ownNameOf(wordsOf(field.value)[0] ?? "");
  return own && { ...own, field };
};

/** What the name says, as fields of the file that has it, each where the command names it. */
const namedFields = ({ family, model, method, field }: OwnConfig): ReadonlyMap<string, SourceField> => {
  const prefix = method === "full" ? "" : `${method.replace("dora", "lora")}_`;
  const builder: SourceField = {
    ...field,
    path: "model._component_",
    value: `torchtune.models.${family}.${prefix}${model}`,
  };
  const dora: SourceField = { ...field, path: "model.use_dora", value: true };
  return new Map((method.endsWith("dora") ? [builder, dora] : [builder]).map((each) => [each.path, each]));
};

/** A finding of what the name says is one of the name; a default is none of a config that nobody has read. */
const asNamed =
  ({ name, field }: OwnConfig, isNamed: (path: string) => boolean) =>
  (found: Finding): Finding => {
    if (found.kind === "assumed" || found.kind === "filled")
      return { ...found, sentence: `${name} is not read. ${found.sentence}` };
    return found.field && isNamed(found.field.path) ? { ...found, field } : found;
  };

/** A recipe over a config of torchtune's own, which the command has by its name alone: what it sets beside it is read, and what its name says. */
export const TUNE_COMMAND_READER: ToolReader = {
  ...TORCHTUNE_READER,
  id: "torchtune-command",
  recognises: (source) => source.format === "command" && ownConfigOf(source) !== undefined,
  read: (source, look) => {
    const own = ownConfigOf(source);
    if (own === undefined) return [];
    const named = namedFields(own);
    const config = { ...source, fields: new Map([...named, ...source.fields]) };
    return [
      ...readTuneRun(config).map(asNamed(own, (path) => named.has(path) && !source.fields.has(path))),
      ...LAUNCH_READER.read(source, look),
    ];
  },
  harmless: [...TORCHTUNE_READER.harmless, ...LAUNCH_READER.harmless],
};
