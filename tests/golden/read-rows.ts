import { readFileSync } from "node:fs";

/** Rows of a golden file; its first line says where they come from. */
export const readRows = <Row>(file: string): readonly Row[] =>
  readFileSync(new URL(file, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as Row);
