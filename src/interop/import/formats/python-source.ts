import type { Refusal, Source, SourceField } from "#interop/import/source.ts";
import { flatFields } from "./flat-fields.ts";
import { type PythonCall, pythonCalls } from "./python/python-calls.ts";

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

const fieldsOf = (file: string, { name, arguments: given }: PythonCall): readonly [string, SourceField][] =>
  given.flatMap((each) => [...flatFields({ [`${name}.${each.name}`]: each.value }, file, () => each.line)]);

/**
 * Reads Python code, or a notebook's, as the calls that set something of a training: "SFTConfig.per_device_train_batch_size". Nothing is
 * run.
 *
 * @param lineOf where a line of the code stands in the file
 */
export const pythonSource = (
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
    ...each.flatMap((call) => fieldsOf(file, call)),
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
