import { oneLine } from "#package/one-line.ts";
import { textTable } from "#package/commands/text-table.ts";
import type { ImportLine } from "#interop/import/imported.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { type Checked, type CheckedRun, isEstimated } from "./checked.ts";
import { placeWords, unknownWords } from "./line-words.ts";
import { partRows } from "./part-rows.ts";
import { linkOn, type Report, type ReportWith } from "./report.ts";
import { changeWords, OUTCOME_NAMES, verdictWords } from "./verdict-words.ts";

/** "seq=2048"; of what sets no key of its own its name. */
const assumedWords = ({ key, field, text }: ImportLine): string =>
  text === null ? (key ?? field) : `${key ?? field}=${text}`;

const besides = ({ imported: { lists }, notes }: CheckedRun): readonly string[] => {
  const unknown = unknownWords(lists);
  return [
    ...lists.notModelled.map((line) => `? ${placeWords(line)}  (${line.sentence ?? "not modelled"})`),
    ...lists.assumed.map((line) => `~ ${assumedWords(line)}  (${line.sentence ?? "assumed"})`),
    ...notes.map((sentence) => `! ${sentence}`),
    ...(unknown === null ? [] : [`~ ${unknown}`]),
  ];
};

const changeLines = (checked: Checked, run: CheckedRun, beside: ReportWith): readonly string[] => {
  const words = changeWords(checked);
  if (words === null) return [];
  const link = run.change === null ? [] : [`  ${linkOn(encodeLink(run.change.trial.choices), beside)}`];
  return [`  To make it fit: ${words}`, ...link];
};

const linesOf = (checked: Checked, beside: ReportWith): readonly string[] => {
  const head = [`${checked.name} ${OUTCOME_NAMES[checked.outcome]}`, `  ${verdictWords(checked)}`];
  if ("refusals" in checked) return [...head, ""];
  const { run } = checked;
  return [
    ...head,
    ...besides(run).map((line) => `  ${line}`),
    ...(isEstimated(run) ? textTable(partRows(run)).map((line) => `    ${line}`) : []),
    ...changeLines(checked, run, beside),
    `  ${linkOn(encodeLink(run.answer.choices), beside)}`,
    "",
  ];
};

/** For a person who reads a log. */
export const asPlain: Report = (checked, beside) => checked.flatMap((each) => linesOf(each, beside)).map(oneLine);
