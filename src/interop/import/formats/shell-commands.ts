// Shell scripts read without running them: commands, variables, and which commands train.

import { formatCount } from "#format/numbers.ts";
import { parse, type ParseEntry } from "shell-quote";

/** Whole numbers of a shell: what is smaller than one is none. */
const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
  "*": (left, right) => left * right,
  "/": (left, right) => Math.trunc(left / right),
  "%": (left, right) => left % right,
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
};

const BINDING_FIRST = /[*/%]/;

/** Takes the operations of one binding together, from left to right. */
const together = (parts: readonly (string | number)[], isOurs: (operator: string) => boolean) => {
  const out: (string | number)[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const [left, operator] = [out.at(-2), out.at(-1)];
    const part = parts[at] ?? "";
    const isDone = typeof part === "number" && typeof left === "number" && typeof operator === "string";
    if (isDone && isOurs(operator)) out.splice(-2, 2, OPERATIONS[operator]?.(left, part) ?? NaN);
    else out.push(part);
  }
  return out;
};

/**
 * What a shell's arithmetic comes to, "16 / 4": numbers and names of variables between + - * / %. undefined: it is something else.
 *
 * @param valueOf the text of a variable
 */
const arithmetic = (text: string, valueOf: (name: string) => string | undefined): number | undefined => {
  if (!/^[\s\w$*/%+-]*$/.test(text)) return undefined;
  const parts = (text.match(/\$?\w+|[*/%+-]/g) ?? []).map((part) => {
    if (/^[*/%+-]$/.test(part)) return part;
    const number = /^\d+$/.test(part) ? part : valueOf(part.replace("$", ""));
    return number !== undefined && /^\d+$/.test(number) ? Number(number) : NaN;
  });
  const products = together(parts, (operator) => BINDING_FIRST.test(operator));
  const [sum, ...rest] = together(products, () => true);
  return rest.length === 0 && typeof sum === "number" && Number.isFinite(sum) ? sum : undefined;
};

/** A redirection of output, to a file or to another stream. */
const REDIRECTION = /^(?:\d?>>?&?\d?|&>>?)[ \t]*[^\s;|&<>]*/;

/** A quotation's sign; null outside of any. */
type Quote = "'" | '"' | null;

/** A line without its comment and redirections, and the quotation that is open at its end. */
type CleanLine = Readonly<{ text: string; open: Quote }>;

type Scan = { at: number; out: string; quote: Quote };

const inQuotes = (line: string, scan: Scan): void => {
  const sign = line[scan.at] ?? "";
  const isEscape = sign === "\\" && scan.quote === '"';
  const taken = isEscape ? line.slice(scan.at, scan.at + 2) : sign;
  if (sign === scan.quote) scan.quote = null;
  scan.out += taken;
  scan.at += taken.length;
};

/** A mark of number within a word is no comment, as it is for the parser of words. */
const mark = (line: string, scan: Scan): void => {
  const isComment = scan.at === 0 || /[\s;]/.test(line[scan.at - 1] ?? "");
  if (!isComment) scan.out += "\\#";
  scan.at = isComment ? line.length : scan.at + 1;
};

/** A file's name is not longer. */
const LONGEST_TARGET = 1000;

/** A redirection that begins here, which begins a word. */
const redirectionAt = (line: string, at: number): string | undefined =>
  at === 0 || /\s/.test(line[at - 1] ?? "") ? REDIRECTION.exec(line.slice(at, at + LONGEST_TARGET))?.[0] : undefined;

const isQuote = (sign: string): sign is "'" | '"' => sign === "'" || sign === '"';

const outside = (line: string, scan: Scan): void => {
  const sign = line[scan.at] ?? "";
  if (sign === "#") return mark(line, scan);
  const redirection = redirectionAt(line, scan.at);
  const taken = sign === "\\" ? line.slice(scan.at, scan.at + 2) : sign;
  if (redirection === undefined && isQuote(sign)) scan.quote = sign;
  if (redirection === undefined) scan.out += taken;
  scan.at += (redirection ?? taken).length;
};

/** @param quote the quotation that is open where the line begins */
const cleanLine = (line: string, quote: Quote): CleanLine => {
  const scan: Scan = { at: 0, out: "", quote };
  while (scan.at < line.length) (scan.quote === null ? outside : inQuotes)(line, scan);
  return { text: scan.out, open: scan.quote };
};

/** A line of a shell's text, or several that a quotation holds together, without comment; `line` is the first. */
type ShellLine = Readonly<{ text: string; line: number; isComment: boolean }>;

/** Where a text is no shell's. */
type ShellProblem = Readonly<{ line: number; sentence: string }>;

/** Longer lines are data. */
const LONGEST = 50_000;

/** A prompt before a command, as pages show it. */
const PROMPT = /^\s*[$!>]\s+(?=\S)|^\s*!(?=[a-z])/;

/** Whether a line goes on in the next. */
const isContinuation = (text: string): boolean => /(^|[^\\])(\\\\)*\\\s*$/.test(text.slice(-20));

type Open = Readonly<{ text: string; line: number; quote: Quote }>;

const quoteOf = (open: Open | null): Quote => open?.quote ?? null;

/** A line added to what is open before it. */
const added = (open: Open | null, clean: CleanLine, line: number): Open =>
  open === null
    ? { text: clean.text, line, quote: clean.open }
    : { ...open, text: `${open.text}\n${clean.text}`, quote: clean.open };

/** Parts a text into lines whose quotations end. */
const shellLines = (text: string): readonly ShellLine[] | ShellProblem => {
  const lines: ShellLine[] = [];
  let open: Open | null = null;
  for (const [index, given] of text.split("\n").entries()) {
    const raw: string = open === null ? given.replace(PROMPT, "") : given;
    if (raw.length > LONGEST)
      return { line: index + 1, sentence: `The line has more than ${formatCount(LONGEST)} characters.` };
    const clean = cleanLine(raw, quoteOf(open));
    const held = added(open, clean, index + 1);
    open = held;
    if (held.text.length > LONGEST) break;
    if (held.quote !== null) continue;
    lines.push({ ...held, isComment: clean.text.trim() === "" && raw.trim() !== "" });
    open = null;
  }
  if (open === null) return lines;
  return { line: open.line, sentence: `A quotation that begins with ${open.quote} does not end.` };
};

/** A word of a command, and its line. */
export type Word = Readonly<{ text: string; line: number }>;

/** A command with what is set in its environment. */
export type ShellCommand = Readonly<{ environment: readonly Word[]; words: readonly Word[] }>;

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;
const KEYWORDS: ReadonlySet<string> = new Set(["then", "do", "else", "{", "time", "exec", "nohup", "sudo", "env"]);
const AS_BASH = { splitUnquoted: true };

type Reader = {
  commands: ShellCommand[];
  words: Word[];
  variables: Map<string, string>;
  exported: Map<string, Word>;
  /** The variable whose list is read. */
  list: Readonly<{ name: string; items: string[] }> | null;
  hereDocument: string | null;
  isContinued: boolean;
};

/** What a variable stands for; of one that is not known its name. A default after ":-" counts where there is none. */
const lookUp =
  ({ variables }: Reader) =>
  (key: string): string => {
    const [, name = key, fallback] = /^(\w+(?:\[@\])?)(?::?-(.*))?$/s.exec(key) ?? [];
    return variables.get(name) ?? fallback ?? (key === "" ? "$" : `$${key}`);
  };

/** Writes what `$(expr ...)` and `$((...))` come to; another command is one word that no one runs, as is <what is to be filled in>. */
const withoutCommands = (text: string, { variables }: Reader): string => {
  const valueOf = (name: string): string | undefined => variables.get(name);
  const named = (inside: string): string => `‹${inside.trim().replaceAll(/[\s'"$\\;|&<>]+/g, "_")}›`;
  const taken = (inside: string): string => {
    const sum = arithmetic(inside.replace(/^\s*expr\s/, " ").replaceAll(/\\(?=\*)|[{}]/g, ""), valueOf);
    return sum === undefined ? named(inside) : String(sum);
  };
  return text
    .replaceAll(/"(\$\{\w+\[@\]\})"/g, "$1")
    .replaceAll(/\$\(\(([^()\n]{0,200})\)\)/g, (_, inside: string) => taken(inside))
    .replaceAll(/\$\(([^()\n]{0,500})\)/g, (_, inside: string) => taken(inside))
    .replaceAll(/`([^`\n]{0,500})`/g, (_, inside: string) => taken(inside))
    .replaceAll(/(?<=^|\s)<([\w.-]{1,40})>(?=\s|$)/g, (_, inside: string) => named(inside));
};

const assign = (reader: Reader, word: Word): string => {
  const [, name = "", value = ""] = ASSIGNMENT.exec(word.text) ?? [];
  reader.variables.set(name, value);
  return name;
};

const isAssignment = ({ text }: Word): boolean => ASSIGNMENT.test(text);

/** `export NAME=value`, and `export NAME` of what was set before. */
const exportAll = (reader: Reader, words: readonly Word[]): void => {
  for (const word of words) {
    const name = isAssignment(word) ? assign(reader, word) : word.text;
    const text = `${name}=${reader.variables.get(name) ?? ""}`;
    reader.exported.set(name, { text, line: word.line });
  }
};

/** Flags without a program go on with the command before: between them stood a comment. */
const addCommand = ({ commands, exported }: Reader, settings: readonly Word[], words: readonly Word[]): void => {
  const last = commands.at(-1);
  if (last !== undefined && words[0]?.text.startsWith("-"))
    commands[commands.length - 1] = { ...last, words: [...last.words, ...words] };
  else commands.push({ environment: [...exported.values(), ...settings], words });
};

/** Ends a command: what only sets variables is none. */
const endCommand = (reader: Reader): void => {
  const words = reader.words.filter(({ text }, index) => index > 0 || !KEYWORDS.has(text));
  reader.words = [];
  if (words[0]?.text === "export") return exportAll(reader, words.slice(1));
  const first = words.findIndex((word) => !isAssignment(word));
  const settings = first === -1 ? words : words.slice(0, first);
  if (first !== -1) return addCommand(reader, settings, words.slice(first));
  for (const word of settings) assign(reader, word);
};

const inList = (reader: Reader, entry: ParseEntry): void => {
  const { list } = reader;
  if (list === null) return;
  if (typeof entry === "string") list.items.push(entry);
  else if ("op" in entry && entry.op === ")") {
    reader.variables.set(`${list.name}[@]`, list.items.join(" "));
    reader.list = null;
  }
};

const takeOperator = (reader: Reader, op: string): void => {
  const last = reader.words.at(-1);
  const [, name] = /^([A-Za-z_]\w*)\+?=$/.exec(last?.text ?? "") ?? [];
  if (op === "(" && name !== undefined) {
    reader.words.pop();
    reader.list = { name, items: [] };
  } else endCommand(reader);
};

const take = (reader: Reader, entry: ParseEntry, line: number): void => {
  if (reader.list !== null) return inList(reader, entry);
  if (typeof entry === "string") reader.words.push({ text: entry, line });
  else if ("pattern" in entry) reader.words.push({ text: entry.pattern, line });
  else if ("op" in entry) takeOperator(reader, entry.op);
};

/** Words of one line; after "<<" comes the word that ends a document. */
const takeLine = (reader: Reader, text: string, line: number): void => {
  const entries = parse(withoutCommands(text, reader), lookUp(reader), AS_BASH);
  const here = entries.findIndex((entry) => typeof entry === "object" && "op" in entry && /^<<-?$/.test(entry.op));
  const end = here === -1 ? undefined : entries[here + 1];
  if (typeof end === "string") reader.hereDocument = end;
  for (const entry of here === -1 ? entries : entries.slice(0, here)) take(reader, entry, line);
};

/** What is left of one line: its words are taken, and its command ends with it unless it goes on. */
const readLine = (reader: Reader, { text, line, isComment }: ShellLine): void => {
  if (reader.hereDocument !== null) {
    if (text.trim() === reader.hereDocument) reader.hereDocument = null;
    return;
  }
  const isContinued = isContinuation(text);
  takeLine(reader, isContinued ? text.replace(/\\\s*$/, "") : text, line);
  const goesOn = isContinued || (isComment && reader.isContinued);
  if (!goesOn && reader.list === null) endCommand(reader);
  reader.isContinued = goesOn;
};

/**
 * The commands of a shell's text, in their order, with variables put in that were set before. Nothing is run: of what only a run can know its own text
 * stays.
 */
export const shellCommands = (text: string): readonly ShellCommand[] | ShellProblem => {
  const lines = shellLines(text);
  if ("sentence" in lines) return lines;
  const reader: Reader = {
    commands: [],
    words: [],
    variables: new Map(),
    exported: new Map(),
    list: null,
    hereDocument: null,
    isContinued: false,
  };
  for (const each of lines) {
    try {
      readLine(reader, each);
    } catch {
      return { line: each.line, sentence: "A variable that begins here does not end." };
    }
  }
  endCommand(reader);
  return reader.commands;
};

/** Programs that begin a training, or begin what does. */
const PROGRAMS: ReadonlySet<string> = new Set([
  "swift",
  "megatron",
  "trl",
  "accelerate",
  "torchrun",
  "deepspeed",
  "python",
  "python3",
  "llamafactory-cli",
  "axolotl",
  "tune",
]);

/** What the same programs do beside training. */
const OTHER_TASKS: ReadonlySet<string> = new Set([
  "infer",
  "export",
  "deploy",
  "rollout",
  "eval",
  "sample",
  "app",
  "web-ui",
  "chat",
  "api",
  "vllm-serve",
  "download",
  "config",
  "env",
  "test",
  "preprocess",
  "fetch",
  "merge-lora",
  "merge-sharded-fsdp-weights",
]);

/** Programs that begin another one on its line, with flags of their own before it. */
const WRAPPER = /^(srun|numactl)\b|^(uv|poetry|pixi|pdm|conda|rye) run\b/;

const baseName = (word?: Word): string => word?.text.split("/").at(-1) ?? "";

/** A command that trains, without what begins it. */
export type TrainingCommand = Readonly<{ command: ShellCommand; wrapper: readonly Word[] }>;

/** `srun --nodes=2 torchrun ...` as the program that it begins. */
const unwrapped = (command: ShellCommand): TrainingCommand => {
  const beginning = command.words
    .slice(0, 2)
    .map((word) => baseName(word))
    .join(" ");
  const at = WRAPPER.test(beginning) ? command.words.findIndex((word) => PROGRAMS.has(baseName(word))) : 0;
  if (at < 1) return { command, wrapper: [] };
  return { command: { ...command, words: command.words.slice(at) }, wrapper: command.words.slice(0, at) };
};

const programOf = ({ words }: ShellCommand): string => baseName(words[0]);

const hasFlags = ({ words }: ShellCommand): boolean => words.some(({ text }) => /^--?[A-Za-z]/.test(text));

const trains = (command: ShellCommand): boolean =>
  PROGRAMS.has(programOf(command)) &&
  !OTHER_TASKS.has(command.words[1]?.text ?? "") &&
  !command.words.slice(0, 3).some(({ text }) => /^(pip|-c)$/.test(text));

/**
 * The first command of a script that trains, and those after it that do; of a text without one (flags alone), the first that has flags. Empty: no command
 * trains.
 */
export const trainingCommands = (commands: readonly ShellCommand[]): readonly TrainingCommand[] => {
  const training = commands.map(unwrapped).filter(({ command }) => trains(command));
  const first = training.find(({ command }) => hasFlags(command)) ?? training[0];
  if (first !== undefined) return [first, ...training.slice(training.indexOf(first) + 1)];
  const flags = commands.find((command) => programOf(command).startsWith("-") && hasFlags(command));
  return flags === undefined ? [] : [{ command: flags, wrapper: [] }];
};
