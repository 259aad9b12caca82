// Lists shown after an import: read, assumed, ignored and not modeled fields.

import { joinWithAnd } from "#format/phrases.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { isLinkKey } from "#scenario/choices/encode-link.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { type Finding, type Source, type SourceField, quoted, type ToolReader } from "./source-fields.ts";
import { type ImportLine, type ImportLists, UNKNOWN_FIELD } from "./import-result.ts";

const line = (
  field: SourceField,
  { key = null, text = null, sentence = null }: Partial<ImportLine> = {},
): ImportLine => ({
  at: { file: field.file, line: field.line },
  field: `${field.path}: ${quoted(field.value)}`,
  key,
  text,
  sentence,
});

const isHarmless = (path: string, { harmless }: ToolReader): boolean =>
  harmless.some((name) => (name.endsWith(".") ? path.startsWith(name) : path === name));

const fieldKey = ({ file, path }: SourceField): string => `${file}\0${path}`;

/** Of a section without effect so many fields are listed; of more the first stands for all. */
const MOST_OF_A_SECTION = 20;

/** Sections without effect that have too many fields to list: each as its first, with how many follow. */
const longSections = (
  fields: readonly SourceField[],
  { harmless }: ToolReader,
): ReadonlyMap<SourceField, string | null> => {
  const said = new Map<SourceField, string | null>();
  for (const section of harmless.filter((name) => name.endsWith("."))) {
    const [first, ...rest] = fields.filter(({ path }) => path.startsWith(section));
    if (first === undefined || rest.length < MOST_OF_A_SECTION) continue;
    said.set(first, `and ${rest.length} more of ${section.slice(0, -1)}`);
    for (const field of rest) said.set(field, null);
  }
  return said;
};

/** Fields that no finding is about. */
const leftOver = (source: Source, tool: ToolReader, findings: readonly Finding[]): readonly ImportLine[] => {
  const found = new Set(findings.flatMap(({ field }) => (field ? [fieldKey(field)] : [])));
  const left = [...source.fields.values()].filter((field) => !found.has(fieldKey(field)));
  const sections = longSections(left, tool);
  return left
    .filter((field) => sections.get(field) !== null)
    .map((field) =>
      line(
        field,
        isHarmless(field.path, tool) ? { sentence: sections.get(field) ?? null } : { sentence: UNKNOWN_FIELD },
      ),
    );
};

/** Lines without those that say the same of the same field again. */
const withoutTwins = (lines: readonly ImportLine[]): readonly ImportLine[] => {
  const of = ({ at, field, key }: ImportLine): string => JSON.stringify([at, field, key]);
  return [...new Map(lines.map((each) => [of(each), each])).values()];
};

type Assumed = Readonly<{ field?: SourceField; key: LinkKey; text: string | null; sentence: string }>;

const assumedLine = ({ field, key, text, sentence }: Assumed): ImportLine =>
  field === undefined ? { at: null, field: key, key, text, sentence } : line(field, { key, text, sentence });

/** A name that was asked for and is not known: the value of its key, where it has one. */
const unknownLine = ({ field, key, text, sentence }: Extract<Finding, { kind: "unknown" }>): ImportLine =>
  field === undefined ? { at: null, field: key, key, text, sentence } : line(field, { key, text, sentence });

/** A key that was set and could not be taken as it was. */
const issueLine = (issue: Issue, findings: readonly Finding[]): ImportLine => {
  const from = findings.find((found) => found.kind === "read" && found.key === issue.key);
  const key = isLinkKey(issue.key) ? issue.key : null;
  const said = { key, text: issue.used, sentence: issue.message };
  return from?.field ? line(from.field, said) : { at: null, field: issue.key, ...said };
};

/** So many complaints of one key are listed; of more the first stands for all. */
const MOST_ALIKE = 3;

/** The name in such a complaint. */
const NAMED = / names (\S+), a module /;

/** Complaints of one value that differ in a name alone (modules that a model does not have), each its own line where they are few. */
const withoutAlike = (issues: readonly Issue[]): readonly Issue[] => {
  const kindOf = ({ code, key, value }: Issue): string => JSON.stringify([code, key, value]);
  return issues.flatMap((issue): readonly Issue[] => {
    const alike = issues.filter((each) => kindOf(each) === kindOf(issue));
    if (alike.length <= MOST_ALIKE) return [issue];
    const others = alike.slice(1).map(({ message }) => NAMED.exec(message)?.[1] ?? "another");
    return alike[0] === issue ? [{ ...issue, message: `${issue.message} So it is with ${joinWithAnd(others)}.` }] : [];
  });
};

type Read = Extract<Finding, { kind: "read" }>;

type InTheEnd = ReadonlyMap<LinkKey, Read>;

const isWhole = (found: Finding): found is Read => found.kind === "read" && found.isPart === undefined;

/** Why a field counts for nothing: a later file says the key otherwise. null: it counts. */
const overruled = ({ field, key, text }: Read, inTheEnd: InTheEnd): string | null => {
  const last = inTheEnd.get(key);
  const isOther = last !== undefined && last.field.file !== field.file && last.text !== text;
  return isOther ? `another file says ${key}=${last.text}` : null;
};

/** Where several fields of a file say one key together, each became what they say in the end. */
const readLine = (found: Read, inTheEnd: InTheEnd): ImportLine => {
  const text = found.isPart ? found.text : (inTheEnd.get(found.key)?.text ?? found.text);
  return line(found.field, { key: found.key, text });
};

/**
 * The four lists of an import. What is set to null or left to the tool is in none of them as read; a key that two files set is read where it counts last, and ignored in the other.
 *
 * @param issues what the link could not take of what was read
 */
export const importLists = (
  recognised: readonly Readonly<{ source: Source; tool: ToolReader }>[],
  findings: readonly Finding[],
  issues: readonly Issue[],
): Readonly<{ lists: ImportLists; checked: number }> => {
  const bad = new Set<string>(issues.map(({ key }) => key));
  const unknown = new Set<string>(findings.flatMap((found) => (found.kind === "unknown" ? [found.key] : [])));
  const inTheEnd = new Map(findings.flatMap((found) => (isWhole(found) ? [[found.key, found] as const] : [])));
  const lastAssumed = new Map(
    findings.flatMap((found) => (found.kind === "assumed" ? [[found.key, found] as const] : [])),
  );
  const lists: ImportLists = {
    notModelled: [
      ...findings.flatMap((found) => {
        if (found.kind === "unknown") return [unknownLine(found)];
        return found.kind === "not-modelled" ? [line(found.field, { sentence: found.sentence })] : [];
      }),
      ...withoutAlike(issues.filter(({ key }) => !unknown.has(key))).map((issue) => issueLine(issue, findings)),
    ],
    assumed: findings.flatMap((found) => {
      if (found.kind === "filled") return [assumedLine({ ...found, text: null })];
      const isLast = found.kind === "assumed" && lastAssumed.get(found.key) === found;
      return isLast && !inTheEnd.has(found.key) ? [assumedLine(found)] : [];
    }),
    read: withoutTwins(
      findings.flatMap((found) =>
        found.kind === "read" && !bad.has(found.key) && overruled(found, inTheEnd) === null
          ? [readLine(found, inTheEnd)]
          : [],
      ),
    ),
    ignored: [
      ...withoutTwins(
        findings.flatMap((found) => {
          const sentence = found.kind === "read" && !bad.has(found.key) ? overruled(found, inTheEnd) : null;
          return found.kind === "read" && sentence !== null ? [line(found.field, { sentence })] : [];
        }),
      ),
      ...findings.flatMap((found) =>
        found.kind === "ignored" ? [line(found.field, { sentence: found.sentence })] : [],
      ),
      ...recognised.flatMap(({ source, tool }) => leftOver(source, tool, findings)),
      ...recognised.flatMap(({ source: { asides = [] } }) =>
        asides.map(({ field, sentence }) => line(field, { sentence })),
      ),
    ],
  };
  return { lists, checked: recognised.reduce((sum, { source }) => sum + source.fields.size, 0) };
};
