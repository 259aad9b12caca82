import { joinWithAnd } from "#format/phrases.ts";
import type { LinkKey, Choices, LinkTexts } from "#scenario/keys/choices.ts";
import { isLinkKey, encodeLink, encodeText } from "#scenario/choices/encode-link.ts";
import type { Issue, Parsed } from "#scenario/keys/issues.ts";
import {
  type Finding,
  type Source,
  type SourceField,
  quoted,
  type GivenFile,
  isRefusal,
  type Refusal,
} from "./source-fields.ts";
import { type ImportLine, type ImportLists, UNKNOWN_FIELD, type Imported } from "./import-result.ts";
import type { ToolReader } from "./named-model.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { ALL_TOOLS, type RecognizedFile, severalRuns, withCommandsAsParts, withOverrides } from "./runs.ts";
import { dropAnsweredComplaints, fillMissingSettings, withModelLengthLimit } from "./missing-settings.ts";
import { withTrainerLengths } from "./formats/python-calls.ts";
import { readSource } from "./formats/text-source.ts";
import { withObjective } from "./fields/counted-objective.ts";
import { CONFIG_JSON_READER } from "./tools/config-json.ts";
import { namedVersions, withoutEnvironment, withVersions } from "./library-versions.ts";
import { withVisionFields } from "./vision-fields.ts";

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
const importLists = (
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

const recognise = (source: Source, isModel: boolean): RecognizedFile | Refusal => {
  const tool = isModel ? CONFIG_JSON_READER : ALL_TOOLS.find((each) => each.recognises(source));
  if (tool !== undefined) return { source, tool };
  const sentence = "No tool that is known here writes such fields.";
  return { file: source.file, line: null, sentence };
};

/** The keys that findings of a kind set. */
const ofKind = (findings: readonly Finding[], kind: "read" | "assumed" | "unknown") =>
  findings.flatMap((found): readonly (readonly [LinkKey, string])[] => {
    if (found.kind !== kind || !("text" in found)) return [];
    return found.kind === "read" && found.isPart ? [] : [[found.key, found.text]];
  });

/**
 * Every key that a finding sets; what a file says goes before what is assumed, and later files, of which parts come last, before earlier ones. What is not
 * known goes before all.
 */
const textsOf = (findings: readonly Finding[]): LinkTexts =>
  Object.fromEntries((["assumed", "read", "unknown"] as const).flatMap((kind) => ofKind(findings, kind)));

/** The keys that stay where a whole run is imported: files say nothing of cards. */
const OF_THE_CARD: readonly (keyof Choices)[] = ["gpu", "used"];

const kept = (base: Choices, isRun: boolean, fresh: Choices): Choices =>
  isRun ? { ...fresh, ...Object.fromEntries(OF_THE_CARD.map((key) => [key, base[key]])) } : base;

/** A card as the page names it; one of its memory alone has no name. */
const cardOf = ({ gpu }: Choices, catalog: Catalog): string =>
  (gpu.kind === "catalog" ? catalog.gpus[gpu.id]?.shortName : undefined) ?? "the card of the scenario";

const linkOf = (base: string, texts: LinkTexts): string => {
  const set = Object.entries(texts).map(([key, text]) => `${key}=${encodeText(text)}`);
  const stays = base
    .slice(1)
    .split("&")
    .filter((part) => !Object.hasOwn(texts, part.split("=")[0] ?? ""));
  return `?${[...stays, ...set].join("&")}`;
};

/** The stack of the first run among files. */
const stackOf = (recognised: readonly RecognizedFile[]): LinkTexts => {
  const stack = recognised.map(({ tool }) => tool.stack).find((each) => each !== null);
  return stack === undefined ? {} : { stack };
};

/** Runs first, in the order given; then the parts that say more of them. */
const inOrder = (recognised: readonly RecognizedFile[]): readonly RecognizedFile[] =>
  [...recognised].sort((one, other) => Number(one.tool.says === "part") - Number(other.tool.says === "part"));

/** What a link assumes of an architecture the reader of its config.json has said, field by field. */
const isNews = ({ code, key }: Issue): boolean =>
  code !== "unknown-family" && (code !== "assumed-field" || key !== "arch");

const refusalsOf = (findings: readonly Finding[], files: readonly GivenFile[]): readonly Refusal[] =>
  findings.flatMap((found): readonly Refusal[] =>
    found.kind === "refused"
      ? [
          {
            file: found.field?.file ?? files[0]?.name ?? "",
            line: found.field?.line ?? null,
            sentence: found.sentence,
          },
        ]
      : [],
  );

type Importing = Readonly<{
  catalog: Catalog;
  base: Choices;
  over?: readonly Finding[];
  isModel?: boolean;
  beside?: string;
}>;

/**
 * Reads training files of other tools. Several files make one scenario: a run, and the files that say how GPUs share it. What a file leaves open is
 * what its tool does then; what no file of its kind says (the card) stays as in `base`. Nothing is executed or fetched, and nothing throws.
 *
 * @param base where files are only a part of a run, the rest of it
 * @param over what is read goes before all that files say, what is assumed before what readers assume
 * @param beside a text that the files stand in or beside (an error's), which may name versions
 * @param isModel the files are known to be a model's config.json, whatever they look like
 */
export const importFiles = (
  given: readonly GivenFile[],
  { catalog, base, over = [], isModel = false, beside = "" }: Importing,
): Imported => {
  const files = isModel ? given : withoutEnvironment(given);
  const sources = files.map((file) => readSource(file, isModel));
  const recognised = sources.map((each) => (isRefusal(each) ? each : recognise(withTrainerLengths(each), isModel)));
  const refusals = recognised.filter((each) => "sentence" in each);
  if (refusals.length > 0 || recognised.length === 0) return { kind: "refused", refusals };
  const ordered = inOrder(withCommandsAsParts(withOverrides(recognised as readonly RecognizedFile[])));
  const several = severalRuns(ordered);
  if (several.length > 0) return { kind: "refused", refusals: several };
  const found = dropAnsweredComplaints(
    withObjective([
      ...ordered.flatMap(({ source, tool }) => withVisionFields(source, tool.read(source, { catalog }), catalog)),
      ...over,
    ]),
    files.map(({ name }) => name),
    new Set(over.flatMap((each) => (each.kind === "read" ? [each.key] : []))),
  );
  const refused = refusalsOf(found, files);
  if (refused.length > 0) return { kind: "refused", refusals: refused };
  const isRun = ordered.some(({ tool }) => tool.says === "run");
  const fresh = decodeLink("?v=1", catalog).value;
  const start = encodeLink(kept(base, isRun, fresh));
  const decoded = (findings: readonly Finding[]): Parsed<Choices> =>
    decodeLink(linkOf(start, { ...stackOf(ordered), ...textsOf(findings) }), catalog);
  const named = namedVersions(beside === "" ? given : [...given, { name: "what stands beside it", text: beside }]);
  const dated = withVersions(found, ordered, named);
  const own = withModelLengthLimit(dated, (findings) => decoded(findings).value, catalog);
  const findings = [...own, ...fillMissingSettings(textsOf(own), { isRun, base, card: cardOf(base, catalog) })];
  const { value, issues } = decoded(findings);
  return {
    kind: "imported",
    choices: value,
    tools: ordered.map(({ tool }) => tool.name),
    ...importLists(ordered, findings, issues.filter(isNews)),
  };
};
