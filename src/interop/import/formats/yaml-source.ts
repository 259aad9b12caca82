import { isCollection, LineCounter, type Node, parseAllDocuments } from "yaml";
import type { Plain, Refusal, Source } from "#interop/import/source.ts";
import { flatFields } from "./flat-fields.ts";

/** Aliases of real files stand for a few fields; a bomb of ten lines for a billion. */
const MOST_ALIASES = 50;

/** YAML 1.1, which PyYAML reads: `on` and `yes` are booleans, `<<` merges. */
const AS_PYYAML = { version: "1.1", merge: true, uniqueKeys: true, prettyErrors: false, logLevel: "silent" } as const;

const firstLine = (message: string): string => message.split("\n")[0] ?? message;

const commentsOf = (text: string): NonNullable<Source["comments"]> =>
  text.split("\n").flatMap((each, index) => (/^\s*#/.test(each) ? [{ line: index + 1, text: each.trim() }] : []));

/** Reads YAML, and JSON as what it is in YAML. Tags that make objects, aliases without end, keys given twice are refused. */
export const yamlSource = (file: string, text: string, format: "yaml" | "json"): Source | Refusal => {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...AS_PYYAML, lineCounter: lines });
  const [document] = documents;
  const refuse = (sentence: string, index?: number): Refusal => ({
    file,
    line: index === undefined ? null : lines.linePos(index).line,
    sentence,
  });
  if (document === undefined || !("contents" in document) || document.contents === null)
    return refuse("The file is empty.");
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined)
    return refuse(`This is not ${format.toUpperCase()}: ${firstLine(problem.message)}.`, problem.pos[0]);
  if (documents.length > 1) return refuse("The file holds several documents.");
  const { contents } = document;
  if (!isCollection(contents) || !("items" in contents)) return refuse("The file holds no fields.");
  let root: Plain;
  try {
    root = document.toJS({ maxAliasCount: MOST_ALIASES }) as Plain;
  } catch {
    return refuse(`Its aliases stand for more than ${MOST_ALIASES} times what is written.`);
  }
  const lineOf = (path: readonly string[]): number => {
    const node = document.getIn(path, true) as Node | undefined;
    const start = node?.range?.[0];
    return start === undefined ? 1 : lines.linePos(start).line;
  };
  return { file, format, fields: flatFields(root, file, lineOf), comments: commentsOf(text) };
};
