// Calls in Python code that set something of a training run, read without running the code.

import { classPattern, PEFT_TUNERS, TRL_OBJECTIVES } from "#interop/import/fields/class-names.ts";
import { type PlainValue, wordOf, type Source, type SourceField } from "#interop/import/source-fields.ts";
import { type PythonArgument, type PythonCode, type Span, commaParts, pythonValue } from "./python-values.ts";
import { isOfVision } from "#interop/import/vision-fields.ts";
import { isObject } from "#interop/config-json/config-issues.ts";
import { matchingBrackets, type PythonProblem, pythonTokens } from "./python-tokens.ts";

/** Calls that set something of a training. All others are passed over. */
const WANTED: readonly RegExp[] = [
  /^Fast\w+\.(from_pretrained|get_peft_model)$/,
  /^(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/,
  /^(get_peft_model|prepare_model_for_kbit_training|gradient_checkpointing_enable|PatchDPOTrainer)$/,
  /^(FullyShardedDataParallelPlugin|DeepSpeedPlugin|Accelerator|DistributedConfig|BitsAndBytesConfig)$/,
  /^\w*(TrainingArguments|Trainer)$/,
  classPattern([...PEFT_TUNERS, ...TRL_OBJECTIVES], "Config"),
];

/** A call by its class and what of it is called, without modules: "peft.LoraConfig" is LoraConfig. undefined: it sets nothing of a training. */
const wantedCall = (name: string): string | undefined => {
  const parts = name.split(".");
  const first = parts.findIndex((part) => /^[A-Z]/.test(part));
  const own = first === -1 ? (parts.at(-1) ?? "") : parts.slice(first).join(".");
  return WANTED.some((kind) => kind.test(own)) ? own : undefined;
};

const CALL = /\b[A-Za-z_][\w.]{0,80}(?=[ \t]*\()/g;

/** Whether a text has such a call, wherever it stands. */
export const setsTraining = (text: string): boolean =>
  (text.match(CALL) ?? []).some((name) => wantedCall(name) !== undefined);

/** What arguments without a name are called. */
const POSITIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^Fast\w+\.from_pretrained$/, ["model_name", "max_seq_length", "dtype", "load_in_4bit"]],
  [/^Fast\w+\.get_peft_model$/, ["model", "r", "target_modules", "lora_alpha", "lora_dropout"]],
  [/^(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/, ["pretrained_model_name_or_path"]],
  [/^prepare_model_for_kbit_training$/, ["model", "use_gradient_checkpointing", "gradient_checkpointing_kwargs"]],
  [/^gradient_checkpointing_enable$/, ["gradient_checkpointing_kwargs"]],
  [/Trainer$/, ["model", "args"]],
  [/Arguments$/, ["output_dir"]],
  [classPattern(TRL_OBJECTIVES, "Config"), ["output_dir"]],
];

/** @param index counted from 0 */
const argumentName = (call: string, index: number): string =>
  POSITIONS.find(([pattern]) => pattern.test(call))?.[1][index] ?? String(index + 1);

/** The name that a call's bracket stands after, with its points; "" where it stands after none. */
const calledName = ({ tokens }: PythonCode, opener: number): string => {
  let from = opener;
  while (tokens[from - 1]?.kind === "name" && (from === opener || tokens[from]?.text === ".")) {
    from -= 1;
    if (tokens[from - 1]?.text !== ".") break;
    from -= 1;
  }
  return tokens
    .slice(from, opener)
    .map(({ text }) => text)
    .join("");
};

/** The arguments of a call, those of an expanded dictionary among them. */
const argumentsOf = (reader: PythonCode, call: string, inside: Span): readonly PythonArgument[] =>
  commaParts(reader, inside).flatMap((part, index): readonly PythonArgument[] => {
    const [first, second] = reader.tokens.slice(part.from, part.to);
    if (first === undefined) return [];
    if (first.text === "**") {
      const value = pythonValue(reader, { from: part.from + 1, to: part.to });
      if (isObject(value)) return Object.entries(value).map(([name, own]) => ({ name, value: own, line: first.line }));
      return [{ name: `**${wordOf(value)}`, value: wordOf(value), line: first.line }];
    }
    if (first.kind === "name" && second?.text === "=")
      return [{ name: first.text, value: pythonValue(reader, { from: part.from + 2, to: part.to }), line: first.line }];
    return [{ name: argumentName(call, index), value: pythonValue(reader, part), line: first.line }];
  });

/** A variable of the environment that a code sets for itself. */
type PythonVariable = Readonly<{ name: string; value: PlainValue; line: number }>;

/** Variables that change what a training takes; all others are passed over. */
const ALLOCATOR = /^PYTORCH_\w*ALLOC_CONF$/;

const isWanted = (name: string): boolean => ALLOCATOR.test(name) || isOfVision(name);

const textAt = ({ tokens }: PythonCode, at: number): string => tokens[at]?.text ?? "";

/** `os.environ["NAME"] = value`, where a line begins so. */
const assigned = (code: PythonCode, line: Span): PlainValue | undefined => {
  const signs = [1, 3, 5, 6].map((step) => textAt(code, line.from + step)).join("");
  return signs === ".[]=" ? pythonValue(code, { from: line.from + 7, to: line.to }) : undefined;
};

/** `os.environ.setdefault("NAME", value)`. */
const byDefault = (code: PythonCode, line: Span): PlainValue | undefined => {
  const words = [1, 3, 4, 5, 7].map((step) => textAt(code, line.from + step)).join("");
  const end = code.closed.get(line.from + 5) ?? line.to;
  return words === "..setdefault(," ? pythonValue(code, { from: line.from + 8, to: end }) : undefined;
};

/** What a line of code sets in the environment; undefined: nothing that is wanted. */
const variableOf = (code: PythonCode, line: Span): PythonVariable | undefined => {
  if (textAt(code, line.from) !== "os" || textAt(code, line.from + 2) !== "environ") return undefined;
  const name = [4, 6].map((step) => textAt(code, line.from + step)).find(isWanted);
  const value = assigned(code, line) ?? byDefault(code, line);
  return name === undefined || value === undefined
    ? undefined
    : { name, value, line: code.tokens[line.from]?.line ?? 1 };
};

const TOKENIZER = /(?:^|\.)tokenizer$/;

/** What a call of a tokenizer is called; undefined: it is another call. */
const tokenizerCall = (name: string): string | undefined => (TOKENIZER.test(name) ? "tokenizer" : undefined);

/** Of a tokenizer's arguments the length that it cuts rows to; none where it cuts none. @see transformers@5.14.1:tokenization_utils_base.py, _get_padding_truncation_strategies */
const cutLength = (given: readonly PythonArgument[]): readonly PythonArgument[] =>
  given.some(({ name, value }) => name === "truncation" && value === false)
    ? []
    : given.filter(({ name, value }) => name === "max_length" && value !== null);

/** A call that sets something of a training. */
export type PythonCall = Readonly<{ name: string; line: number; arguments: readonly PythonArgument[] }>;

/** Something that is set on a name of which only a run knows what it is. */
type PythonAside = Readonly<{ name: string; value: PlainValue; line: number }>;

type Reader = PythonCode &
  Readonly<{
    constants: Map<string, PlainValue>;
    calls: PythonCall[];
    /** Where the call opens whose result a name was given. */
    openers: Map<string, number>;
    /** Of the calls that are wanted, by where they open, which they are. */
    opened: Map<number, number>;
    asides: PythonAside[];
    environment: PythonVariable[];
  }>;

/** Where the line of code ends that a place is in. */
const lineEnd = ({ tokens, closed }: PythonCode, from: number): number => {
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind === "end" || (token?.kind === "sign" && token.text === ";")) return at;
    at = closed.get(at) ?? at;
  }
  return tokens.length;
};

/** Where the value of `NAME = value` or `NAME: type = value` begins; undefined: the line sets no name. */
const assignedAt = ({ tokens }: PythonCode, at: number): number | undefined => {
  const pieces = tokens.slice(at, at + 4);
  const shape = pieces.map(({ kind, text }) => (kind === "sign" ? text : kind)).join(" ");
  if (shape.startsWith("name = ")) return at + 2;
  return shape === "name : name =" ? at + 4 : undefined;
};

/** Where a call opens that a line gives as a whole to a name; -1: the line does something else. */
const openerAfter = ({ tokens, closed }: PythonCode, { from, to }: Span): number => {
  let opener = from;
  while (opener < to && tokens[opener]?.text !== "(") opener += 1;
  return opener > from && closed.get(opener) === to - 1 ? opener : -1;
};

/** Names that scripts give to what a training is told. */
const OF_A_TRAINING = /^(training_?args|train_args|args|\w+_config|config)$/;

/** What `NAME.attribute = ` sets; undefined: the line sets no attribute. */
const attributeAt = ({ tokens }: PythonCode, at: number): Readonly<{ owner: string; name: string }> | undefined => {
  const [owner, point, name, sign] = tokens.slice(at, at + 4);
  if (owner?.kind !== "name" || name?.kind !== "name") return undefined;
  return point?.text === "." && sign?.text === "=" ? { owner: owner.text, name: name.text } : undefined;
};

/** `training_args.bf16 = True`, after `training_args = SFTConfig(...)`: an argument more of that call, or another value of it. */
const setAttribute = (reader: Reader, at: number): void => {
  const attribute = attributeAt(reader, at);
  if (attribute === undefined) return;
  const { owner, name } = attribute;
  const value = pythonValue(reader, { from: at + 4, to: lineEnd(reader, at + 4) });
  const line = reader.tokens[at]?.line ?? 1;
  const index = reader.opened.get(reader.openers.get(owner) ?? -1) ?? -1;
  const call = reader.calls[index];
  if (call !== undefined) {
    const others = call.arguments.filter((argument) => argument.name !== name);
    reader.calls[index] = { ...call, arguments: [...others, { name, value, line }] };
  } else if (OF_A_TRAINING.test(owner)) reader.asides.push({ name: `${owner}.${name}`, value, line });
};

const TORCH_DTYPE = /^torch\.\w+$/;

/** Remembers what a name is set to. A call or an unknown name makes it unknown. */
const assign = (reader: Reader, at: number): void => {
  const from = assignedAt(reader, at);
  const name = reader.tokens[at]?.text ?? "";
  if (from === undefined) return;
  const to = lineEnd(reader, from);
  reader.openers.set(name, openerAfter(reader, { from, to }));
  const value = pythonValue(reader, { from, to });
  const isOwnWords =
    typeof value === "string" &&
    !TORCH_DTYPE.test(value) &&
    reader.tokens.slice(from, to).some(({ kind }) => kind === "name");
  if (isOwnWords && !reader.constants.has(reader.tokens[from]?.text ?? "")) reader.constants.delete(name);
  else reader.constants.set(name, value);
};

/** What a tokenizer is handed but a length is not wanted. */
const takeTokenizer = (reader: Reader, opener: number): void => {
  const name = tokenizerCall(calledName(reader, opener));
  const end = reader.closed.get(opener);
  if (name === undefined || end === undefined) return;
  const length = cutLength(argumentsOf(reader, name, { from: opener + 1, to: end }));
  if (length.length > 0) reader.calls.push({ name, line: reader.tokens[opener]?.line ?? 1, arguments: length });
};

const takeVariable = (reader: Reader, at: number): void => {
  const variable = variableOf(reader, { from: at, to: lineEnd(reader, at) });
  if (variable !== undefined) reader.environment.push(variable);
};

const takeCall = (reader: Reader, opener: number): void => {
  const name = wantedCall(calledName(reader, opener));
  const end = reader.closed.get(opener);
  const isDefinition = /^(def|class)$/.test(reader.tokens[opener - 2]?.text ?? "");
  if (name === undefined || end === undefined || isDefinition) return;
  const line = reader.tokens[opener]?.line ?? 1;
  reader.opened.set(opener, reader.calls.length);
  reader.calls.push({ name, line, arguments: argumentsOf(reader, name, { from: opener + 1, to: end }) });
};

/** `parser.add_argument("--rank", default=8)`: what `args.rank` is where no one says otherwise. */
const takeOption = (reader: Reader, opener: number): void => {
  const end = reader.closed.get(opener);
  if (reader.tokens[opener - 1]?.text !== "add_argument" || end === undefined) return;
  const parts = commaParts(reader, { from: opener + 1, to: end });
  const names = parts.map((part) => reader.tokens[part.from]).filter((token) => token?.kind === "text");
  const otherwise = parts.find((part) => reader.tokens[part.from]?.text === "default");
  const name = names.findLast((token) => token?.text.startsWith("--"))?.text;
  if (name === undefined || otherwise === undefined) return;
  const value = pythonValue(reader, { from: otherwise.from + 2, to: otherwise.to });
  reader.constants.set(`args.${name.replace("--", "").replaceAll("-", "_")}`, value);
};

/** The calls of a code that set something of a training, in their order. It is read, never run: what only a run can know stays as it is written. */
export const pythonCalls = (code: string): Pick<Reader, "calls" | "asides" | "environment"> | PythonProblem => {
  const tokens = pythonTokens(code);
  if ("sentence" in tokens) return tokens;
  const closed = matchingBrackets(tokens);
  if ("sentence" in closed) return closed;
  const reader: Reader = {
    code,
    tokens,
    closed,
    constants: new Map(),
    calls: [],
    openers: new Map(),
    opened: new Map(),
    asides: [],
    environment: [],
  };
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    if (before === undefined || before.kind === "end") {
      assign(reader, at);
      setAttribute(reader, at);
      takeVariable(reader, at);
    }
    if (token.kind !== "sign" || token.text !== "(") continue;
    takeOption(reader, at);
    takeCall(reader, at);
    takeTokenizer(reader, at);
  }
  return reader;
};

/** How long rows are, which trainers took themselves once, beside their arguments. */
const LENGTH = /^(.+)\.(max_seq_length|max_length)$/;

const isTrainer = ({ name }: Readonly<{ name: string }>): boolean => /Trainer(\(\d+\))?$/.test(name);

/** `args.max_seq_length = 2048`, where a trainer is given `args`: its length, whatever else those arguments are. */
export const withTrainerLengths = (source: Source): Source => {
  const { asides = [], calls = [], fields } = source;
  const trainers = calls.filter(isTrainer).map(({ name }) => [fields.get(`${name}.args`)?.value, name] as const);
  const taken = asides.flatMap((aside): readonly (readonly [typeof aside, SourceField])[] => {
    const [, owner, length] = LENGTH.exec(aside.field.path) ?? [];
    const trainer = trainers.find(([given]) => given === owner)?.[1];
    const path = `${trainer}.${length}`;
    return trainer === undefined || fields.has(path) ? [] : [[aside, { ...aside.field, path }]];
  });
  if (taken.length === 0) return source;
  return {
    ...source,
    asides: asides.filter((aside) => !taken.some(([own]) => own === aside)),
    fields: new Map([...fields, ...taken.map(([, field]) => [field.path, field] as const)]),
  };
};
