import { formatCount } from "#format/count.ts";
import type { Candidate, OomSubject } from "./candidates/candidate.ts";

/** Which rows give the size, and how they stand to those that are set: " Such are 8 rows of 2,000 tokens, as set."; nothing where none do. */
export const rowsWords = ({ rows, fits }: Candidate, { scenario }: OomSubject): string => {
  if (rows === null) return "";
  const { batch, length } = rows;
  const of = `${formatCount(batch)} ${batch === 1 ? "row" : "rows"} of ${formatCount(length)} tokens`;
  const set = `${formatCount(scenario.sequence_length)} tokens`;
  switch (fits) {
    case "shorter":
      return ` Such are ${of}: the longest row of that batch is shorter than the ${set} that are set.`;
    case "longer":
      return ` Such are ${of}, more than the ${set} that are set: rows are not cut there.`;
    case "evaluation":
      return ` Such are ${of}, as an evaluation has them: 8 is its batch unless it is set.`;
    case "other-batch":
      return ` Such are ${of}, where ${formatCount(scenario.micro_batch_size)} a batch are set.`;
    case "as-set":
    case "fixed":
      return ` Such are ${of}, as set.`;
    default:
      return fits satisfies never;
  }
};
