import { oneLine } from "#package/one-line.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { type Checked, type CheckedRun, type EstimatedRun, isEstimated } from "./checked.ts";
import { placeWords, unknownWords } from "./line-words.ts";
import { asCode, inMarkdown } from "./markdown.ts";
import { partRows } from "./part-rows.ts";
import { linkOn, type Report, type ReportWith } from "./report.ts";
import { changeWords, OUTCOME_NAMES, verdictWords } from "./verdict-words.ts";

const linked = (words: string, link: string, beside: ReportWith): string =>
  beside.page === null ? `${words}: ${asCode(link)}` : `[${words}](${linkOn(link, beside)})`;

const unmodelled = ({ imported: { lists } }: CheckedRun): readonly string[] => [
  ...lists.notModelled.map((line) => `- ${asCode(placeWords(line))}: ${inMarkdown(line.sentence ?? "not modelled")}`),
  ...(lists.notModelled.length > 0 ? [""] : []),
];

/** What was taken that no file says, in a line: a reader of a diff looks here for what the file leaves open. */
const besides = ({ imported: { lists }, notes }: CheckedRun): readonly string[] => {
  const assumed = lists.assumed.flatMap(({ key, text }) => (key === null || text === null ? [] : [`${key}=${text}`]));
  const unknown = unknownWords(lists);
  const said = [
    ...(assumed.length === 0 ? [] : [`Assumed: ${asCode(assumed.join(" "))}.`]),
    ...notes.map(inMarkdown),
    ...(unknown === null ? [] : [`${unknown}.`]),
  ];
  return said.length === 0 ? [] : [said.join(" "), ""];
};

const table = (run: EstimatedRun): readonly string[] => [
  `| part | GiB${run.answer.choices.gpus > 1 ? " on each GPU" : ""} |`,
  "| :--- | ---: |",
  ...partRows(run).map(([label, value]) => `| ${label} | ${value.replace("<", "&lt;")} |`),
  "",
];

const changeLines = (checked: Checked, { change }: CheckedRun, beside: ReportWith): readonly string[] => {
  const words = changeWords(checked);
  if (words === null) return [];
  const said = `**What to change first:** ${inMarkdown(words)}`;
  const link = change === null ? "" : `; ${linked("the changed scenario", encodeLink(change.trial.choices), beside)}`;
  return [`${said}${link}`, ""];
};

const linesOf = (checked: Checked, beside: ReportWith): readonly string[] => {
  const head = [`### ${asCode(checked.name)} ${OUTCOME_NAMES[checked.outcome]}`, ""];
  const verdict = [inMarkdown(verdictWords(checked)), ""];
  if ("refusals" in checked) return [...head, ...verdict];
  const { run } = checked;
  return [
    ...head,
    ...verdict,
    ...unmodelled(run),
    ...(isEstimated(run) ? table(run) : []),
    ...changeLines(checked, run, beside),
    ...besides(run),
    linked("The scenario", encodeLink(run.answer.choices), beside),
    "",
  ];
};

/** For a comment on a pull request: verdict, parts, what to change first, link. */
export const asMarkdown: Report = (checked, beside) => checked.flatMap((each) => linesOf(each, beside)).map(oneLine);
