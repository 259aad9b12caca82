import { type Document, isMap, LineCounter, parseAllDocuments, type ScalarTag, type Tags } from "yaml";
import { formatCount } from "#format/count.ts";
import type { Plain, Refusal, Source } from "#interop/import/source.ts";
import { flatFields } from "./flat-fields.ts";
import { lineTooDeep } from "./nesting.ts";
import { extentProblem } from "./yaml-extent.ts";
import { keyLines, repeatedKey } from "./yaml-keys.ts";

/** Tags of YAML 1.1 whose values are no plain ones. */
const OBJECTS = /:(timestamp|binary|omap|pairs|set)$/;

/** PyYAML has no `y` and `n` among its booleans. @see PyYAML 6: resolver.py */
const BOOLEANS = {
  true: /^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/,
  false: /^(no|No|NO|false|False|FALSE|off|Off|OFF)$/,
};

/** The tags that PyYAML's safe loader has and that make plain values. */
const plainTags = (tags: Tags): Tags =>
  tags.flatMap((tag): Tags => {
    if (typeof tag === "string") return [tag];
    if (OBJECTS.test(tag.tag)) return [];
    if (!tag.tag.endsWith(":bool") || !("test" in tag)) return [tag];
    const test = tag.test?.test("true") === true ? BOOLEANS.true : BOOLEANS.false;
    return [{ ...tag, test } as ScalarTag];
  });

/** YAML 1.1, which PyYAML reads: `on` and `yes` are booleans, `<<` merges. */
const AS_PYYAML = {
  version: "1.1",
  merge: true,
  // Its own search is quadratic: keys that are given twice are found here.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
  customTags: plainTags,
} as const;

const firstLine = (message: string): string => message.split("\n")[0] ?? message;

const commentsOf = (text: string): NonNullable<Source["comments"]> =>
  text.split("\n").flatMap((each, index) => (/^\s*#/.test(each) ? [{ line: index + 1, text: each.trim() }] : []));

type Problem = Readonly<{ sentence: string; index?: number }>;

/** Why a document is none of settings; null where it is. */
const problemOf = (documents: readonly Document.Parsed[], format: string): Problem | null => {
  const [document, second] = documents;
  if (document === undefined) return { sentence: "The file is empty." };
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined)
    return { sentence: `This is not ${format.toUpperCase()}: ${firstLine(problem.message)}.`, index: problem.pos[0] };
  if (document.contents === null) return { sentence: "The file is empty." };
  if (second !== undefined) return { sentence: "The file holds several documents.", index: second.range[0] };
  if (!isMap(document.contents)) return { sentence: "The file holds no fields." };
  const index = repeatedKey(document.contents);
  return index === undefined ? extentProblem(document) : { sentence: "A key is given twice here.", index };
};

const read = (file: string, text: string, format: "yaml" | "json"): Source | Refusal => {
  const counter = new LineCounter();
  const lineAt = (index: number): number => counter.linePos(index).line;
  const parsed = parseAllDocuments(text, { ...AS_PYYAML, lineCounter: counter });
  const documents = "empty" in parsed ? [] : parsed;
  const [document] = documents;
  const problem = problemOf(documents, format);
  if (problem !== null || document === undefined)
    return {
      file,
      line: problem?.index === undefined ? null : lineAt(problem.index),
      sentence: problem?.sentence ?? "The file is empty.",
    };
  // Its own count of aliases names no place: they were counted before.
  const root = document.toJS({ maxAliasCount: -1 }) as Plain;
  return {
    file,
    format,
    fields: flatFields(root, file, keyLines(document.contents, lineAt)),
    comments: commentsOf(text),
  };
};

/** Files of settings have a few kilobytes; the parser takes seconds for as many items as this. */
const MOST_CHARACTERS = 2 ** 19;

const TOO_DEEP = "Its sections stand inside one another deeper than any file of settings.";

/** Reads YAML, and JSON as what it is in YAML. Tags that make objects, aliases without end, keys given twice are refused. */
export const yamlSource = (file: string, text: string, format: "yaml" | "json"): Source | Refusal => {
  if (text.length > MOST_CHARACTERS) {
    const sentence = `The file has ${formatCount(text.length)} characters, more than any file of settings: at most ${formatCount(MOST_CHARACTERS)}.`;
    return { file, line: null, sentence };
  }
  const deep = lineTooDeep(text);
  if (deep !== undefined) return { file, line: deep, sentence: TOO_DEEP };
  try {
    // Tabs indent JSON, which YAML forbids; no string of JSON holds one at the begin of a line.
    return read(file, format === "json" ? text.replaceAll(/^\t+/gm, (tabs) => " ".repeat(tabs.length)) : text, format);
  } catch (error) {
    // The parser recurs section by section.
    if (error instanceof RangeError) return { file, line: null, sentence: TOO_DEEP };
    return { file, line: null, sentence: `This is not ${format.toUpperCase()}.` };
  }
};
