import { listed } from "#format/listed.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import type { Finding } from "./finding.ts";
import { ownName } from "./own-name.ts";
import type { Recognised } from "./recognised.ts";
import type { Refusal, Source, SourceField } from "./source.ts";
import { wordsOf } from "./words-of.ts";

/** Whether a command has the name of one of these files among its words. */
const namesOneOf = ({ format, fields }: Source, files: readonly string[]): boolean =>
  format === "command" &&
  [...fields.values()].some(({ value }) => wordsOf(value).some((word) => files.includes(ownName(word))));

/** What a command decides of the file that it starts, where neither says it. */
const OF_LAUNCHERS: readonly LinkKey[] = ["gpus", "shard", "offload"];

const isOfACommand = (found: Finding): boolean =>
  (found.kind !== "assumed" && found.kind !== "filled") || OF_LAUNCHERS.includes(found.key);

/** A command beside the file that it starts: what it leaves open that file decides. */
const asPart = ({ source, tool }: Recognised): Recognised => ({
  source,
  tool: {
    ...tool,
    stack: null,
    says: "part",
    read: (given, look) => tool.read(given, look).filter(isOfACommand),
  },
});

const COUNTS: Readonly<Record<number, string>> = { 2: "two", 3: "three", 4: "four" };

const isRun = ({ tool }: Recognised): boolean => tool.says === "run";

/** What of a command's fields says something of its launcher alone: the environment, and flags before the script. */
const OF_A_LAUNCHER = /^(?:command|config|launch\..*|[A-Z][A-Z\d_]*)$/;

const fieldsOf = ({ source }: Recognised, isLaunching: boolean): Source["fields"] =>
  new Map([...source.fields].filter(([path]) => OF_A_LAUNCHER.test(path) === isLaunching));

const withFields = (own: Recognised, fields: Source["fields"]): Recognised => ({
  ...own,
  source: { ...own.source, fields },
});

/** Flags of a command go before the same fields of the file that it names, where one tool reads both; its words say what the file is run for. */
const withFlags = (own: Recognised, commands: readonly Recognised[]): Recognised => {
  const starting = commands.filter(({ tool }) => own.source.format !== "command" && tool.id === own.tool.id);
  const flags = starting.flatMap((command) => [...fieldsOf(command, false)]);
  const [words] = starting.flatMap(({ source }) => source.fields.get("command") ?? []);
  const started = words === undefined ? own : { ...own, source: { ...own.source, startedBy: words } };
  return flags.length === 0 ? started : withFields(started, new Map([...own.source.fields, ...flags]));
};

const ATTRIBUTE = /^[A-Za-z_]\w*\.([A-Za-z_]\w*)$/;

/** A script's `args.model_name` is what the command beside it says of `--model_name`. */
const withAttributes = (own: Recognised, recognised: readonly Recognised[]): Recognised => {
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
export const withCommandsAsParts = (recognised: readonly Recognised[]): readonly Recognised[] => {
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
export const severalRuns = (recognised: readonly Recognised[]): readonly Refusal[] => {
  const runs = recognised.filter(isRun).map(({ source }) => source.file);
  const sentence = `${listed(runs)} are ${COUNTS[runs.length] ?? runs.length} runs: import one.`;
  return runs.length < 2 ? [] : [{ file: runs[0] ?? "", line: null, sentence }];
};
