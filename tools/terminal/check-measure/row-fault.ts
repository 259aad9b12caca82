import { MOMENT_IDS } from "#calc/model/memory-estimate.ts";
import { type MeasuredRow, isMeasuredRow, readMeasuredRow } from "#interop/measure/measured-rows.ts";

/** All that scripts and callback print; the page takes a row with more. */
const FIELDS: Readonly<Record<keyof MeasuredRow, true>> = {
  headroom: true,
  link: true,
  at: true,
  outcome: true,
  message: true,
  failedAt: true,
  device: true,
  driver: true,
  versions: true,
  steps: true,
  moments: true,
  peakBytes: true,
  reservedBytes: true,
  contextBytes: true,
};

const STEPS = 3;

/** A run that went through has all moments, and no words of PyTorch's. */
const ranFault = ({ message, failedAt, moments, steps }: MeasuredRow): string | null => {
  if (message !== null || failedAt !== null) return "a run that went through has a message";
  const ids = moments.map(({ id }) => id).join();
  return ids === MOMENT_IDS.join() && steps === STEPS ? null : `it has ${steps} steps and the moments ${ids}`;
};

/** A run that did not has PyTorch's words, and the moment. */
const outOfMemoryFault = ({ message, failedAt }: MeasuredRow): string | null =>
  message === null || failedAt === null ? "an out-of-memory row lacks its message or its moment" : null;

const unknownFields = (row: MeasuredRow): readonly string[] =>
  Object.keys(row).filter((field) => !Object.hasOwn(FIELDS, field));

/** What is wrong with what a script or the callback printed: first what the page would refuse, then what only a row of another program may be; null: nothing. */
export const rowFault = (text: string, expected: MeasuredRow["outcome"]): string | null => {
  if (!isMeasuredRow(text)) return `it printed no row: ${(text.trimEnd().split("\n").at(-1) ?? "").slice(0, 200)}`;
  const row = readMeasuredRow(text);
  if ("sentence" in row) return row.sentence;
  const [unknown] = unknownFields(row);
  if (unknown !== undefined) return `it has a field ${unknown}, which docs/measured-rows.md has not`;
  if (row.outcome !== expected) return `it ended as ${row.outcome}: ${row.message}`;
  return row.outcome === "ran" ? ranFault(row) : outOfMemoryFault(row);
};
