import * as v from "valibot";
import { MOMENT_IDS } from "#calc/model/memory-estimate.ts";

const BYTES = v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));
const MOMENT = v.picklist(MOMENT_IDS);

/** The row that scripts and callback print, as docs/measuring.md has it; nothing else is in it. */
const ROW = v.strictObject({
  headroom: v.literal(1),
  link: v.pipe(v.string(), v.startsWith("?v=1")),
  at: v.pipe(v.string(), v.isoTimestamp()),
  outcome: v.picklist(["ran", "out-of-memory"]),
  message: v.nullable(v.string()),
  failedAt: v.nullable(MOMENT),
  device: v.nullable(v.strictObject({ name: v.string(), totalBytes: v.number() })),
  driver: v.nullable(v.string()),
  versions: v.record(v.string(), v.string()),
  steps: v.pipe(v.number(), v.safeInteger()),
  moments: v.array(v.strictObject({ id: MOMENT, liveBytes: BYTES, peakBytes: BYTES })),
  peakBytes: BYTES,
  reservedBytes: BYTES,
  contextBytes: BYTES,
});

type Row = v.InferOutput<typeof ROW>;

/** A row of a run that went through has all moments; one of a run that did not has its words, and those before it. */
const outcomeFault = (row: Row): string | null => {
  if (row.outcome === "out-of-memory")
    return row.message !== null && row.failedAt !== null
      ? null
      : "an out-of-memory row lacks its message or its moment";
  const ids = row.moments.map(({ id }) => id);
  if (row.message !== null || row.failedAt !== null) return "a run that went through has a message";
  return ids.join() === MOMENT_IDS.join() && row.steps === 3
    ? null
    : `it has ${row.steps} steps and the moments ${ids.join()}`;
};

/** What is wrong with a printed row; null: nothing. */
export const rowFault = (text: string, expected: Row["outcome"]): string | null => {
  const lines = text.trimEnd().split("\n");
  const line = lines.find((each) => each.startsWith('{"headroom"')) ?? lines.at(-1) ?? "";
  try {
    const row = v.parse(ROW, JSON.parse(line));
    return row.outcome === expected ? outcomeFault(row) : `it ended as ${row.outcome}: ${row.message}`;
  } catch (error) {
    if (v.isValiError(error)) return error.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`).join("; ");
    return `it printed no row: ${line.slice(0, 200)}`;
  }
};
