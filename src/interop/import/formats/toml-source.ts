// Fields of a TOML file, with their lines.

import { parse, TomlDate, TomlError } from "smol-toml";
import { type PlainValue, type Refusal, type Source, flatFields } from "#interop/import/source-fields.ts";

/** Deeper than any file of settings; what is deeper is refused with its line. */
const MOST_LEVELS = 50;

/** A key as TOML writes it: bare, or in quotes. */
const PART = String.raw`(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)`;
const KEY = String.raw`${PART}(?:[ \t]*\.[ \t]*${PART})*`;
const HEADER = new RegExp(String.raw`^[ \t]*\[\[?[ \t]*(${KEY})[ \t]*\]\]?[ \t]*(?:#.*)?$`);
const SETTING = new RegExp(String.raw`^[ \t]*(${KEY})[ \t]*=`);

const partsOf = (key: string): readonly string[] =>
  (key.match(new RegExp(PART, "g")) ?? []).map((part) => part.replaceAll(/^["']|["']$/g, ""));

/** Where the keys of a text stand, by their paths; of what looks like a key inside a text of several lines the first counts. */
const keyLines = (text: string): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>();
  let section: readonly string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [, header] = HEADER.exec(line) ?? [];
    const [, key] = SETTING.exec(line) ?? [];
    if (header !== undefined) section = partsOf(header);
    const path = header === undefined && key !== undefined ? [...section, ...partsOf(key)] : section;
    if ((header !== undefined || key !== undefined) && !lines.has(path.join("."))) lines.set(path.join("."), index + 1);
  }
  return lines;
};

/** Times as they are written. Numbers that are none in JSON (nan, inf) as words. */
const toPlain = (value: unknown): PlainValue => {
  if (value instanceof TomlDate) return value.toISOString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value as PlainValue;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, toPlain(inside)]));
};

const firstLine = (message: string): string =>
  (message.split("\n")[0] ?? message).replace(/^Invalid TOML document: /, "");

/** Reads TOML. */
export const tomlSource = (file: string, text: string): Source | Refusal => {
  let root: PlainValue;
  try {
    root = toPlain(parse(text, { maxDepth: MOST_LEVELS, integersAsBigInt: false, unsafeKeyBehaviour: "throw" }));
  } catch (error) {
    const isOwn = error instanceof TomlError;
    return {
      file,
      line: isOwn ? error.line : null,
      sentence: `This is not TOML: ${isOwn ? firstLine(error.message) : "a number or a table is too large"}.`,
    };
  }
  const lines = keyLines(text);
  const lineOf = (path: readonly string[]): number => {
    const known = path.map((_, index) => lines.get(path.slice(0, path.length - index).join(".")));
    return known.find((line) => line !== undefined) ?? 1;
  };
  return { file, format: "toml", fields: flatFields(root, file, lineOf) };
};
