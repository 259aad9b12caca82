import { readFileSync } from "node:fs";

const parsed = (line: string, where: string): object => {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below: the parser's own words do not name the line.
  }
  throw new Error(`${where} is no JSON object.`);
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Error(`${path} cannot be read.`);
  }
};

/**
 * The rows of a file in JSON lines; a line that says where they come from is none. What a row has is taken as it is.
 *
 * @throws Error in a sentence, when the file cannot be read or a line is no JSON object.
 */
export const readJsonLines = <Row extends object>(path: string): readonly Row[] =>
  textOf(path)
    .split("\n")
    .map((line, index) => ({ line, where: `${path}, line ${index + 1},` }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, where }) => parsed(line, where))
    .filter((row): row is Row => !("provenance" in row));
