import type { RefusedRow } from "../read-json-lines.ts";

/** A run that was not held against a prediction, and why. */
export type LeftOutRun = Readonly<{
  run: Readonly<{ id: string; source: string }>;
  why: string;
  /** Where its row stands, "rows.jsonl:7", where a field of the row is not what it has to be. */
  where?: string;
}>;

const textOf = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);

/** A row that is no run. */
export const leftOutRow = ({ row, line, where, why }: RefusedRow): LeftOutRun => {
  const { id, source } = row as Readonly<Partial<Record<"id" | "source", unknown>>>;
  return { run: { id: textOf(id, `line ${line}`), source: textOf(source, "") }, why, where };
};
