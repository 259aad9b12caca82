// Measured rows in JSON: the parser, and the scenario of a row.

import {
  array,
  type BaseIssue,
  check,
  type GenericSchema,
  integer,
  literal,
  looseObject,
  maxLength,
  maxValue,
  minValue,
  nullable,
  number,
  object,
  picklist,
  pipe,
  record,
  regex,
  safeParse,
  string,
  unknown,
} from "valibot";
import { MOMENT_IDS, type MomentId } from "#calc/model/memory-estimate.ts";
import { formatCount } from "#format/numbers.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { GivenFile, Refusal } from "#interop/import/source-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

/** Why a text is no row that can be read: a sentence that names the field. */
type BadRow = Readonly<{ sentence: string }>;

/** Rows have about a kilobyte; PyTorch's message is the longest text of one. */
const MOST_CHARACTERS = 100_000;
const MOST_VERSIONS = 200;
const SHOWN_LENGTH = 60;
/** Rows have objects in lists in an object; what is nested without end overflows whoever writes or copies it. */
const MOST_LEVELS = 10;

const BYTE_ORDER_MARK = /^\uFEFF/;
/** A row as the script prints it, in one line, among what else a terminal shows. */
const PRINTED = /^[ \t]*\{[ \t]*"headroom"[ \t]*:/;
const FIRST_FIELD = /^\s*\{\s*"headroom"\s*:/;
const FIELD = /"headroom"\s*:/;
/** Signs that no name has: line ends, and what a terminal obeys or turns the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const WHOLE_BYTES = "a whole number of bytes";
const MOMENTS = "load, forward, backward, step or zero";
const VERSIONS = "an object of texts";
const UTC = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
const MOMENT_OF_TIME = "a time in UTC such as 2026-11-29T06:00:00Z";

const text = (most: number) =>
  pipe(string("a text"), maxLength(most, `a text of at most ${formatCount(most)} characters`));
const wholeNumber = (what: string) =>
  pipe(number(what), integer(what), minValue(0, what), maxValue(Number.MAX_SAFE_INTEGER, what));
const figure = nullable(wholeNumber(`${WHOLE_BYTES} or null`));
/** A name that others print as it is. */
const name = (most: number) =>
  pipe(
    text(most),
    check((given) => !UNPRINTABLE.test(given), "a text without control signs"),
  );

const MOMENT: GenericSchema<unknown, MeasuredMoment> = object(
  { id: picklist(MOMENT_IDS, MOMENTS), liveBytes: figure, peakBytes: figure },
  "a moment",
);

const ROW: GenericSchema<unknown, MeasuredRow> = looseObject(
  {
    headroom: literal(1, "1, the form that is read here"),
    link: pipe(text(4000), regex(/^\?v=\d/, "a link from its ?v= on")),
    at: pipe(string(MOMENT_OF_TIME), regex(UTC, MOMENT_OF_TIME)),
    outcome: picklist(["ran", "out-of-memory"], "ran or out-of-memory"),
    message: nullable(text(20_000)),
    failedAt: nullable(picklist(MOMENT_IDS, `${MOMENTS}, or null`)),
    device: nullable(object({ name: name(200), totalBytes: wholeNumber(WHOLE_BYTES) }, "a device or null")),
    driver: nullable(name(100)),
    versions: pipe(
      unknown(),
      check((versions) => !Array.isArray(versions), VERSIONS),
      record(name(100), name(200), VERSIONS),
      check((versions) => Object.keys(versions).length <= MOST_VERSIONS, `at most ${MOST_VERSIONS} versions`),
    ),
    steps: wholeNumber("a count"),
    moments: pipe(
      array(MOMENT, "a list of moments"),
      check((moments) => new Set(moments.map(({ id }) => id)).size === moments.length, "a list with each moment once"),
    ),
    peakBytes: figure,
    reservedBytes: figure,
    contextBytes: figure,
  },
  "an object",
);

const shown = (value: unknown): string => {
  const written = (JSON.stringify(value) ?? String(value)).replaceAll(new RegExp(UNPRINTABLE, "gu"), "\uFFFD");
  return written.length > SHOWN_LENGTH ? `${written.slice(0, SHOWN_LENGTH - 1)}…` : written;
};

/** "moments[1].peakBytes". */
const nameOf = ({ path }: BaseIssue<unknown>): string =>
  (path ?? [])
    .map(({ key }, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");

const whyNot = (issue: BaseIssue<unknown>): string => {
  const name = nameOf(issue);
  const value = issue.path?.at(-1)?.value;
  return value === undefined
    ? `In the measured row ${name} is missing.`
    : `In the measured row ${name} is ${shown(value)}, not ${issue.message}.`;
};

const parsed = (row: string): unknown => {
  try {
    return JSON.parse(row) as unknown;
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The texts in a text that are measured rows, or were to be: all of it, or lines of what a terminal shows. */
const rowTexts = (given: string): readonly string[] => {
  const whole = given.replace(BYTE_ORDER_MARK, "");
  if (!FIELD.test(whole)) return [];
  if (whole.length <= MOST_CHARACTERS) {
    const value = parsed(whole);
    if (isObject(value)) return Object.hasOwn(value, "headroom") ? [whole] : [];
  }
  const lines = whole.split(/\r?\n/).filter((line) => PRINTED.test(line));
  return lines.length === 0 && FIRST_FIELD.test(whole) ? [whole] : lines;
};

/** Whether a text is a measured row, has one as a line, or was to be one. */
export const isMeasuredRow = (given: string): boolean => rowTexts(given).length > 0;

/** Whether a value has more levels of objects and lists than so many. */
const isDeeper = (value: unknown, levels: number): boolean =>
  isObject(value) && (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)));

/** Reads a row that is an object already: one that was kept, or a file's. @internal */
export const readRowValue = (value: unknown): MeasuredRow | BadRow => {
  if (isDeeper(value, MOST_LEVELS))
    return { sentence: `The measured row has objects or lists in more than ${MOST_LEVELS} levels.` };
  const { success, output, issues } = safeParse(ROW, value);
  return success ? output : { sentence: whyNot(issues[0]) };
};

/** Reads the measured row in a text. Total: what is no such row is refused with a sentence. */
export const readMeasuredRow = (given: string): MeasuredRow | BadRow => {
  const [first, ...others] = rowTexts(given);
  if (first === undefined) return { sentence: "There is no measured row in it." };
  if (others.length > 0)
    return { sentence: `There are ${others.length + 1} measured rows in it: one is read at once.` };
  if (first.length > MOST_CHARACTERS)
    return { sentence: `The measured row has more than ${formatCount(MOST_CHARACTERS)} characters.` };
  const value = parsed(first);
  return value === undefined
    ? { sentence: "The measured row is no whole JSON object: it may be cut off." }
    : readRowValue(value);
};

/** A moment of a step as it was measured: `torch.cuda.memory_allocated()` at its end, `max_memory_allocated()` within it. null: not measured. */
type MeasuredMoment = Readonly<{ id: MomentId; liveBytes: number | null; peakBytes: number | null }>;

/**
 * What a run of a scenario's measuring script says of it: one JSON object. Figures are whole bytes of one GPU; null is "not measured". A reader refuses no
 * field that it does not know.
 */
export type MeasuredRow = Readonly<{
  /** The version of this form. */
  headroom: 1;
  /** The scenario, from its `?` on; the method that was measured is its `method`. */
  link: string;
  /** When it ended, UTC: "2026-11-29T06:00:00Z". */
  at: string;
  outcome: "ran" | "out-of-memory";
  /** PyTorch's own words when out of memory. */
  message: string | null;
  /** In which moment it was out of memory. */
  failedAt: MomentId | null;
  /** As `torch.cuda.get_device_properties` has it; null on a CPU. */
  device: Readonly<{ name: string; totalBytes: number }> | null;
  driver: string | null;
  /** Of what was imported: python, torch, transformers and others. */
  versions: Readonly<Record<string, string>>;
  /** Optimizer steps that ran. */
  steps: number;
  /** Of the second step, of its last micro step; of a run that was out of memory those that it came to. */
  moments: readonly MeasuredMoment[];
  /** `max_memory_allocated()` of the run after loading. */
  peakBytes: number | null;
  /** `max_memory_reserved()`. */
  reservedBytes: number | null;
  /** The CUDA context: at most so much, where others use the card. */
  contextBytes: number | null;
}>;

/** A measured row, and the choices that its link stands for. */
export type RowOfScenario = Readonly<{ row: MeasuredRow; choices: Choices }>;

/** What was brought as a measured row: one with its scenario, or why it is none. */
export type ImportedRow = Readonly<
  ({ kind: "measured" } & RowOfScenario) | { kind: "refused"; refusals: readonly Refusal[] }
>;

const WITH_OTHERS = "A measured row is read alone, and nothing else was read with it.";

/**
 * The scenario of a row. A link that cannot be taken as it is names another scenario than the one measured: it is refused.
 *
 * @returns sentences where it is refused
 */
const scenarioOfRow = (row: MeasuredRow, catalog: Catalog): RowOfScenario | readonly string[] => {
  const { value, issues } = decodeLink(row.link, catalog);
  return issues.length === 0
    ? { row, choices: value }
    : issues.map(({ message }) => `The link of the measured row: ${message}`);
};

/** Reads a file, or what was pasted, that is a measured row; null where none of them is one. */
export const importMeasuredRow = (files: readonly GivenFile[], catalog: Catalog): ImportedRow | null => {
  const rows = files.filter(({ text }) => isMeasuredRow(text));
  const [given] = rows;
  if (given === undefined) return null;
  const refuse = (sentences: readonly string[]): ImportedRow => ({
    kind: "refused",
    refusals: sentences.map((sentence) => ({ file: given.name, line: null, sentence })),
  });
  if (files.length > 1) return refuse([WITH_OTHERS]);
  const row = readMeasuredRow(given.text);
  if ("sentence" in row) return refuse([row.sentence]);
  const scenario = scenarioOfRow(row, catalog);
  return "row" in scenario ? { kind: "measured", ...scenario } : refuse(scenario);
};

/** Rows that were kept, each with its scenario; null in the place of one that cannot be read any more. */
export const measuredRows = (values: readonly unknown[], catalog: Catalog): readonly (RowOfScenario | null)[] =>
  values.map((value) => {
    const row = readRowValue(value);
    if ("sentence" in row) return null;
    const scenario = scenarioOfRow(row, catalog);
    return "row" in scenario ? scenario : null;
  });
