import { readFileSync } from "node:fs";

/** A row of which one field is not as it has to be. */
export type OddRow = Readonly<{
  /** As a person writes it: expected.step[0].peak_bytes. */
  field: string;
  how: string;
  row: object;
}>;

type Tree = Record<string, unknown>;
type Path = readonly (string | number)[];

/** What stands in the place of a field; undefined: it is not there. */
const INSTEAD: Readonly<Record<string, unknown>> = {
  "left out": undefined,
  null: null,
  "some text": "nonsense",
  "below zero": -1,
  "a NaN in text": "NaN",
  "a list": [[]],
};

/** Parts of rows whose own fields are read. */
const READ_WITHIN = new Set(["architecture", "expected", "step", "lora_r16"]);

const nameOf = (path: Path): string =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${key}`)).join("");

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;

/** Fields of a row, and those within them; of lists the first entry's. */
const pathsOf = (row: Tree, before: Path = []): readonly Path[] =>
  Object.entries(row).flatMap(([key, value]): readonly Path[] => {
    const path = [...before, Array.isArray(row) ? Number(key) : key];
    const goesOn = isTree(value) && path.every((each) => typeof each === "number" || READ_WITHIN.has(each));
    if (Array.isArray(row)) return key === "0" && isTree(value) ? pathsOf(value, path) : [];
    return goesOn ? [path, ...pathsOf(value, path)] : [path];
  });

const withInstead = (row: Tree, path: Path, value: unknown): object => {
  const copy = structuredClone(row);
  let place = copy;
  for (const key of path.slice(0, -1)) place = place[key] as Tree;
  const last = String(path.at(-1));
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
};

/** How much there is to run in a row: the least is taken. */
const sizeOf = (row: Tree): number =>
  Number(row["sequence_length"] ?? row["seq_len"] ?? 1) * Number(row["num_hidden_layers"] ?? 1);

/** Rows of golden files, each field of each shape of theirs spoilt in every way, once. */
export const oddRows = (files: readonly string[]): readonly OddRow[] => {
  const rows = files.flatMap((file) =>
    readFileSync(new URL(`../golden/${file}.jsonl`, import.meta.url), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.includes('"provenance"'))
      .map((line) => JSON.parse(line) as Tree),
  );
  const byField = new Map<string, Readonly<{ row: Tree; path: Path }>>();
  for (const row of rows.toSorted((one, other) => sizeOf(one) - sizeOf(other)))
    for (const path of pathsOf(row)) {
      const name = nameOf(path);
      if (!byField.has(name)) byField.set(name, { row, path });
    }
  return [...byField].flatMap(([field, { row, path }]) =>
    Object.entries(INSTEAD).map(([how, value]) => ({ field, how, row: withInstead(row, path, value) })),
  );
};
