import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { formatCount } from "#format/numbers.ts";
import type { Candidate } from "#interop/oom/candidates/candidate.ts";
import { explainOom, oomSubject } from "#interop/oom/oom-explanation.ts";
import { readOom } from "#interop/oom/oom-message.ts";
import { runCommand, noArguments } from "#package/commands/command.ts";
import type { Command, Terminal } from "#package/commands/terminal.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { messageText } from "./oom-set/message-text.ts";
import { OOM_ROW, type OomRow } from "./oom-set/oom-row.ts";
import { bySchema, readJsonLines, refusedLine } from "./read-json-lines.ts";

const USAGE = `Usage: npm run -s oom-set

Asks of twenty out-of-memory messages of public threads (tests/golden/oom-messages.jsonl, chosen as docs/oom-messages.md says) which tensor each was, and prints
hit or miss: whether the first that is named is the one that was worked out by hand before.

Ends with 0 when at least fifteen are hits, 1 when fewer are, 2 when the set cannot be read.`;

const SET = "tests/golden/oom-messages.jsonl";
const LEAST_HITS = 15;
/** What rows of a message can differ from those expected: a figure prints two decimals. */
const SAME = 0.01;

const nameOf = (thread: string): string =>
  thread.replace(/^https:\/\/github\.com\/[^/]+\//, "").replace("/issues/", "#");

const hasRows = ({ rows }: Candidate, expected: OomRow["expected"]["rows"]): boolean => {
  if (expected === null) return true;
  const tokens = expected[0] * expected[1];
  return rows !== null && Math.abs(rows.batch * rows.length - tokens) <= tokens * SAME;
};

/** What Headroom makes of a message of the set; null where it names nothing. */
export const firstCandidate = ({ functions, figures, wording, link }: OomRow): Candidate | null => {
  const message = readOom(messageText(functions, { figures, wording }));
  if (message.kind !== "message") throw new Error(`${figures.tried} is not read as an out-of-memory message.`);
  const subject = oomSubject(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
  return explainOom(message, subject).candidates[0] ?? null;
};

/** Whether the first that is named is what was expected; where nothing is, nothing is hit. */
export const isHit = (found: Candidate | null, { tensors, rows }: OomRow["expected"]): boolean =>
  found !== null && tensors.includes(found.tensor) && hasRows(found, rows);

const printRow = (row: OomRow, { print }: Terminal): boolean => {
  const found = firstCandidate(row);
  const hit = isHit(found, row.expected);
  print(`${hit ? "hit " : "miss"}  ${nameOf(row.thread)}: ${row.figures.tried}`);
  const named = found === null ? "nothing" : `${found.name} (${found.formula} = ${formatCount(found.bytes)} B)`;
  print(`      named: ${named}`);
  if (!hit) print(`      expected: ${row.expected.tensors.join(" or ") || "not known"}; ${row.expected.why}`);
  return hit;
};

const run = (_: object, terminal: Terminal): number | string => {
  const { rows, refused } = readJsonLines(SET, bySchema(OOM_ROW));
  if (refused.length > 0) return refused.map(refusedLine).join(" ");
  const hits = rows.filter((row) => printRow(row, terminal)).length;
  terminal.print(`${hits} of ${rows.length} explained`);
  return hits >= LEAST_HITS ? 0 : 1;
};

/** `oom-set`: twenty out-of-memory messages of public threads, each held against the tensor that it was. */
export const main: Command = runCommand<object>({
  name: "oom-set",
  usage: () => USAGE,
  options: {},
  askedOf: (given) => noArguments("oom-set", given) ?? {},
  run,
});
