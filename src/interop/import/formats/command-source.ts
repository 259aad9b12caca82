// Reader of a training command in a shell script: its launcher, script, flags and environment.

import {
  type PlainValue,
  type Refusal,
  type Source,
  type SourceField,
  flatFields,
} from "#interop/import/source-fields.ts";
import {
  type ShellCommand,
  shellCommands,
  type Word,
  type TrainingCommand,
  trainingCommands,
} from "./shell-commands.ts";

/** What begins processes, and has flags of its own before the script's. */
const LAUNCHER =
  /^(accelerate launch|tune run|torchrun|deepspeed|python3? -m (torch\.distributed\.(run|launch)|accelerate\.commands\.launch))\b/;

const FLAG = /^--?[A-Za-z][\w.-]*(=|$)/;

/** A script, or a recipe of torchtune. */
const SCRIPT = /(\.py|_single_device|_distributed)$/;

/** Switches that transformers' parser turns off by a "no" before the name. @see transformers@5.14.1:hf_argparser.py, _parse_dataclass_field */
const TURNED_OFF = /^no_(?=gradient_checkpointing$|bf16$|packing$|use_liger_kernel$|remove_unused_columns$)/;

type Flag = { name: string; line: number; values: string[] };

/** A command's flags: those of a launcher, and those of what it launches; and the words between. */
type Parsed = { command: string[]; launch: Flag[]; own: Flag[] };

/** JSON of a flag has a level or two. */
const MOST_BRACKETS = 200;

/** A word of a command line as YAML would have it: numbers, truth, JSON. */
const toPlain = (word: string): PlainValue => {
  if (/^(true|false)$/i.test(word)) return word.toLowerCase() === "true";
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(word)) return Number(word);
  if (!/^\s*[{[]/.test(word) || word.split(/[{[]/).length > MOST_BRACKETS) return word;
  try {
    return JSON.parse(word) as PlainValue;
  } catch {
    return word;
  }
};

const valueOf = ({ values }: Flag): PlainValue => {
  const [first, ...rest] = values;
  if (first === undefined) return true;
  return rest.length === 0 ? toPlain(first) : values.map(toPlain);
};

/** A launcher's module, whose flags come after it. */
const LAUNCHED_MODULE = /^(accelerate launch|torchrun|deepspeed)\b.* -m \S/;

const isLaunching = (command: readonly string[]): boolean => {
  const words = command.join(" ");
  return LAUNCHER.test(words) && !LAUNCHED_MODULE.test(words) && !command.some((word) => SCRIPT.test(word));
};

const startFlag = (parsed: Parsed, { text, line }: Word): Flag => {
  const [flag = "", ...values] = text.split(/=(.*)/s).slice(0, 2);
  const name = flag.replace(/^--?/, "").replaceAll("-", "_");
  const made = { name, line, values: [...values] };
  (isLaunching(parsed.command) ? parsed.launch : parsed.own).push(made);
  return made;
};

/** A word that names what is run: a script of a launcher, or a module after `-m`, which is a word of the command itself. */
const isOfCommand = (parsed: Parsed, { text }: Word): boolean =>
  text === "-m" || parsed.command.at(-1) === "-m" || (isLaunching(parsed.command) && SCRIPT.test(text));

/** Parts the words of a command into flags with their values. */
const parsedCommand = ({ words }: ShellCommand): Parsed => {
  const parsed: Parsed = { command: [], launch: [], own: [] };
  let flag: Flag | null = null;
  for (const word of words) {
    const isOwn = isOfCommand(parsed, word);
    if (isOwn) flag = null;
    if (!isOwn && FLAG.test(word.text)) flag = startFlag(parsed, word);
    else if (flag === null) parsed.command.push(word.text);
    else flag.values.push(word.text.replace(/(?<=\w),$/, ""));
  }
  return parsed;
};

/** Fields of one flag; JSON in it is a section. */
const fieldsOf = (file: string, flag: Flag, prefix: string): readonly (readonly [string, SourceField])[] => {
  const isOff = flag.values.length === 0 && TURNED_OFF.test(flag.name);
  const name = `${prefix}${flag.name.replace(TURNED_OFF, (no) => (isOff ? "" : no))}`;
  return [...flatFields({ [name]: isOff ? false : valueOf(flag) }, file, () => flag.line)];
};

const environmentOf = (file: string, { environment }: ShellCommand): readonly (readonly [string, SourceField])[] =>
  environment.map(({ text, line }) => {
    const at = text.indexOf("=");
    const path = text.slice(0, at);
    return [path, { file, path, value: toPlain(text.slice(at + 1)), line }];
  });

const ANOTHER = "Another command that trains: the first of the script is read.";

const STARTS = "What starts the command is not read.";

const fieldOfWords = (file: string, path: string, words: readonly Word[]): SourceField => ({
  file,
  path,
  value: words.map(({ text }) => text).join(" "),
  line: words[0]?.line ?? 1,
});

/** What begins the command, where it has flags of its own, and the commands after it that train, too; one that is only asked or tested has no flags. */
const asidesOf = (
  file: string,
  { wrapper }: TrainingCommand,
  others: readonly TrainingCommand[],
): NonNullable<Source["asides"]> => [
  ...(wrapper.some(({ text }) => text.startsWith("-"))
    ? [{ field: fieldOfWords(file, "started by", wrapper), sentence: STARTS }]
    : []),
  ...others
    .filter(({ command }) => command.words.some(({ text }) => FLAG.test(text)))
    .map(({ command }) => ({ field: fieldOfWords(file, "another command", command.words), sentence: ANOTHER })),
];

/**
 * Reads a command line, or a shell script with one that trains. Its flags are fields without their dashes, those of a launcher with "launch." before
 * them; variables of its environment are fields by their names; `command` is the words before: "swift sft".
 */
export const commandSource = (file: string, text: string): Source | Refusal => {
  const commands = shellCommands(text);
  if ("sentence" in commands) return { file, ...commands };
  const [first, ...others] = trainingCommands(commands);
  if (first === undefined) return { file, line: null, sentence: "No command in it begins a training." };
  const { command } = first;
  const parsed = parsedCommand(command);
  const words = parsed.command.join(" ");
  const line = command.words[0]?.line ?? 1;
  return {
    file,
    format: "command",
    asides: asidesOf(file, first, others),
    fields: new Map([
      ["command", { file, path: "command", value: words, line }],
      ...environmentOf(file, command),
      ...parsed.launch.flatMap((flag) => fieldsOf(file, flag, "launch.")),
      ...parsed.own.flatMap((flag) => fieldsOf(file, flag, "")),
    ]),
  };
};
