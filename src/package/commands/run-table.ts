import { RUN_MOMENTS, type RunMomentId } from "#calc/model/whole-run.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { capitalised } from "#format/capitalised.ts";
import { listed } from "#format/listed.ts";
import { runMomentWords } from "#format/run-moment-words.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { RunAnswer, RunMomentAnswer } from "#scenario/choices/run-answer.ts";
import { FIT_NAMES } from "./fit-names.ts";
import { fitOutcome } from "./fit-outcome.ts";
import { textTable } from "./text-table.ts";

const NONE = "-";

type Runs = readonly (RunAnswer | undefined)[];

/** A row of one moment: of each method what is asked of it. Nothing where no method has any. */
const momentRow = (
  [id, label]: readonly [RunMomentId, string],
  runs: Runs,
  of: (moment: RunMomentAnswer) => number,
): readonly (readonly string[])[] => {
  const moments = runs.map((run) => run?.moments.find((each) => each.id === id));
  const sizes = moments.map((moment) => (moment === undefined ? 0 : of(moment)));
  if (sizes.every((size) => size === 0)) return [];
  const cells = sizes.map((size, index) => {
    if (size === 0) return NONE;
    return (moments[index]?.otherRule ?? null) === null ? formatGib(size) : FIT_NAMES["not-known"];
  });
  return [[label, ...cells]];
};

const momentRows = (runs: Runs, batch: number): readonly (readonly string[])[] =>
  RUN_MOMENTS.flatMap((id) => [
    ...momentRow([id, capitalised(runMomentWords(id, batch))], runs, ({ peakBytes }) => peakBytes),
    ...momentRow([id, "  each further batch"], runs, ({ perBatchBytes = 0 }) => perBatchBytes),
    ...momentRow([id, "  in host memory"], runs, ({ hostBytes }) => hostBytes),
  ]);

/** What was read in sources and held against no run, in a sentence. */
const readSentence = (runs: Runs, batch: number): readonly string[] => {
  const read = RUN_MOMENTS.filter((id) =>
    runs.some((run) => run?.moments.some((moment) => moment.id === id && moment.basis === "read")),
  );
  if (read.length === 0) return [];
  const names = listed(read.map((id) => runMomentWords(id, batch)));
  return [`~ ${capitalised(names)}: counted from the source, and held against no run.`];
};

/** The fit of a run, and the moments that are known only as another library runs them: "fits, merging not known". */
const outcome = (run: RunAnswer, batch: number): string => {
  const others = run.moments.filter(({ otherRule }) => otherRule !== null).map(({ id }) => runMomentWords(id, batch));
  return others.length === 0 ? fitOutcome(run) : `${fitOutcome(run)}, ${listed(others)} not known`;
};

/**
 * The whole run of an answer, moment by moment: what each method allocates at most, and how the worst moment goes on the card. No lines where only the step is
 * asked for.
 */
export const runTable = ({ methods, choices: { eval: batch } }: Answer): readonly string[] => {
  const runs = methods.map(({ run }) => run);
  if (runs.every((run) => run === undefined)) return [];
  const each = (of: (run: RunAnswer) => string): readonly string[] =>
    runs.map((run) => (run === undefined ? NONE : of(run)));
  return [
    ...textTable([
      ["The whole run, GiB allocated", ...methods.map(({ method }) => METHOD_NAMES[method].label)],
      ...momentRows(runs, batch),
      ["Worst for the card", ...each(({ worst }) => runMomentWords(worst.id))],
      ["  needed on the card", ...each(({ worst }) => formatGib(worst.onCardBytes))],
      ["To spare", ...each(({ headroomBytes }) => formatSignedGib(headroomBytes))],
      ["", ...each((run) => outcome(run, batch))],
    ]),
    ...readSentence(runs, batch),
  ];
};
