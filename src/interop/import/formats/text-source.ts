import {
  type PlainValue,
  type Refusal,
  type Source,
  type SourceField,
  type GivenFile,
  flatFields,
} from "#interop/import/source-fields.ts";
import {
  type ShellCommand,
  shellCommands,
  type Word,
  type TrainingCommand,
  trainingCommands,
} from "./shell-commands.ts";
import { type PythonCall, pythonCalls, setsTraining } from "./python-calls.ts";
import { isObject, ownField, brokenJsonWords } from "#interop/config-json/config-issues.ts";
import { matchingBrackets, pythonTokens } from "./python-tokens.ts";
import { formatCount } from "#format/numbers.ts";
import { jsonPlaces, placeWords } from "#interop/config-json/json-places.ts";
import { refusedTool } from "#interop/import/refused-tools.ts";
import { isCommand, isPython, isToml } from "./format-detection.ts";
import { tomlSource } from "./toml-source.ts";
import { yamlSource } from "./yaml-source.ts";

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
const commandSource = (file: string, text: string): Source | Refusal => {
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

const UNKNOWN_OWNER = "It is set on a name of which only a run knows what it is.";

/** More calls of one kind than any script has. */
const MOST_CALLS = 500;

/** What a call of a class is called the second time: "SFTConfig(2)". */
const counted = (calls: readonly PythonCall[]): readonly PythonCall[] => {
  const seen = new Map<string, number>();
  return calls.map((call) => {
    const count = (seen.get(call.name) ?? 0) + 1;
    seen.set(call.name, count);
    return count === 1 ? call : { ...call, name: `${call.name}(${count})` };
  });
};

const pythonSourceFieldsOf = (file: string, { name, arguments: given }: PythonCall): readonly [string, SourceField][] =>
  given.flatMap((each) => [...flatFields({ [`${name}.${each.name}`]: each.value }, file, () => each.line)]);

/**
 * Reads Python code, or a notebook's, as the calls that set something of a training: "SFTConfig.per_device_train_batch_size". Nothing is
 * run.
 *
 * @param lineOf where a line of the code stands in the file
 */
const pythonSource = (
  file: string,
  code: string,
  lineOf: (line: number) => number = (line) => line,
): Source | Refusal => {
  const read = pythonCalls(code);
  if ("sentence" in read) return { file, line: lineOf(read.line), sentence: read.sentence };
  const { calls, asides, environment } = read;
  if (calls.length === 0) return { file, line: null, sentence: "No call in this code sets anything of a training." };
  if (calls.length > MOST_CALLS)
    return { file, line: null, sentence: `The code has ${calls.length} calls that set something of a training.` };
  const each = counted(calls);
  const fields = [
    ...environment.map(({ name, value, line }) => [name, { file, path: name, value, line }] as const),
    ...each.flatMap((call) => pythonSourceFieldsOf(file, call)),
  ];
  return {
    file,
    format: "python",
    asides: asides.map(({ name, value, line }) => ({
      field: { file, path: name, value, line: lineOf(line) },
      sentence: UNKNOWN_OWNER,
    })),
    calls: each.map(({ name, line }) => ({ name, line: lineOf(line) })),
    fields: new Map(fields.map(([path, field]) => [path, { ...field, line: lineOf(field.line) }])),
  };
};

/** A cell of another language, which begins so. Magics that run Python are none. */
const OTHER_LANGUAGE = /^%%(bash|sh|script|html|javascript|js|latex|markdown|perl|ruby|svg|writefile|file)\b/;

/** Whether a cell is no Python and sets nothing of a training: it is passed over, its neighbours are read. */
const isOther = (code: string): boolean => {
  if (OTHER_LANGUAGE.test(code.trimStart())) return true;
  const tokens = pythonTokens(code);
  const isBroken = "sentence" in tokens || "sentence" in matchingBrackets(tokens);
  return isBroken && !setsTraining(code);
};

const linesOf = (cell: unknown): readonly string[] => {
  if (!isObject(cell) || ownField(cell, "cell_type") !== "code") return [];
  const source = ownField(cell, "source");
  const parts = Array.isArray(source) ? source : [source];
  const code = parts.filter((part) => typeof part === "string").join("");
  return isOther(code) ? [] : code.split("\n");
};

/** Each search that finds nothing goes through all of the text. */
const MOST_SEARCHES_IN_VAIN = 50;

/** Where each line of code stands in the notebook's own text; a line that is written otherwise there stands where the one before it does. */
const placesOf = (text: string, lines: readonly string[]): readonly number[] => {
  let [at, line, inVain] = [0, 1, 0];
  return lines.map((each) => {
    const isSought = each.trim() !== "" && inVain < MOST_SEARCHES_IN_VAIN;
    const found = isSought ? text.indexOf(JSON.stringify(each).slice(1, -1), at) : -1;
    if (isSought && found === -1) inVain += 1;
    if (found !== -1) {
      line += text.slice(at, found).split("\n").length - 1;
      at = found;
    }
    return line;
  });
};

/** Reads a notebook: the code of its cells in their order, as one. null: the text is no notebook. */
const notebookSource = (file: string, text: string): Source | Refusal | null => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(json)) return null;
  const cells = ownField(json, "cells");
  if (!Array.isArray(cells)) return null;
  const lines = cells.flatMap(linesOf);
  const places = placesOf(text, lines);
  return pythonSource(file, lines.join("\n"), (line) => places[line - 1] ?? 1);
};

/** Real files of settings have a few kilobytes, notebooks with pictures a few megabytes. */
const MOST_CHARACTERS = 2 ** 22;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** Every second byte of plain letters is none; its byte-order mark is no sign of UTF-8. */
const UTF_16 = /^\uFFFD{0,2}(?:(?:[^\0\uFFFD]\0){4}|(?:\0[^\0\uFFFD]){4})/;

/** What no text has, and every binary file. */
const isBinary = (text: string): boolean => text.includes("\0") || text.includes("\uFFFD");

/** Where a text is no JSON, alike in every browser; null where it is all JSON. */
const brokenJson = (file: string, text: string): Refusal | null => {
  const { problem } = jsonPlaces(text);
  if (problem === null) return null;
  const [, line, column] = /(\d+), column (\d+)/.exec(placeWords(text, problem.index)) ?? [];
  return { file, line: Number(line), sentence: `This is not JSON. Column ${column}: ${brokenJsonWords(problem)}` };
};

/** JSON as YAML, with its text; or a notebook. */
const jsonSource = (file: string, text: string): Source | Refusal => {
  const read = notebookSource(file, text) ?? yamlSource(file, text, "json");
  return "sentence" in read ? (brokenJson(file, text) ?? read) : { ...read, text };
};

/** The formats that a text can be seen to be in; what is left is YAML. */
const FORMATS: readonly Readonly<{
  is: (text: string) => boolean;
  read: (file: string, text: string) => Source | Refusal;
}>[] = [
  { is: (text) => text.trimStart().startsWith("{"), read: jsonSource },
  { is: isCommand, read: commandSource },
  { is: isPython, read: pythonSource },
  { is: isToml, read: tomlSource },
];

/**
 * Reads a file's fields, whatever it is written in, which is seen in its text.
 *
 * @param isJson it is known to be JSON, whatever it looks like
 */
export const readSource = ({ name: file, text: given }: GivenFile, isJson = false): Source | Refusal => {
  const refuse = (sentence: string): Refusal => ({ file, line: null, sentence });
  if (given.length > MOST_CHARACTERS)
    return refuse(`The file has ${formatCount(given.length)} characters, more than ${formatCount(MOST_CHARACTERS)}.`);
  if (UTF_16.test(given))
    return refuse("The file is written in UTF-16: what is read is UTF-8, which editors save, too.");
  if (isBinary(given)) return refuse("The file is no text.");
  const text = given.replace(BYTE_ORDER_MARK, "").replaceAll("\r\n", "\n");
  if (text.trim() === "") return refuse("The file is empty.");
  if (isJson) return jsonSource(file, text);
  const refused = refusedTool({ name: file, text });
  if (refused !== null) return refused;
  const known = FORMATS.find(({ is }) => is(text));
  return known === undefined ? yamlSource(file, text, "yaml") : known.read(file, text);
};
