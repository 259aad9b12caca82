import type { Plain } from "#interop/import/source.ts";
import type { PythonArgument, PythonCode, Span } from "./python-code.ts";
import { argumentsOf, calledName } from "./python-arguments.ts";
import { matchingBrackets } from "./matching-brackets.ts";
import { type PythonVariable, variableOf } from "./python-environment.ts";
import { type PythonProblem, pythonTokens } from "./python-tokens.ts";
import { cutLength, tokenizerCall } from "./tokenizer-call.ts";
import { partsOf, pythonValue } from "./python-value.ts";
import { wantedCall } from "./wanted-calls.ts";

/** A call that sets something of a training. */
export type PythonCall = Readonly<{ name: string; line: number; arguments: readonly PythonArgument[] }>;

/** Something that is set on a name of which only a run knows what it is. */
export type PythonAside = Readonly<{ name: string; value: Plain; line: number }>;

type Reader = PythonCode &
  Readonly<{
    constants: Map<string, Plain>;
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
  const parts = partsOf(reader, { from: opener + 1, to: end });
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
