// Reports and exit codes of `check`: plain text, Markdown, JUnit XML, and JSON.

import { type ImportLine, type ImportLists, isUnknown } from "#interop/import/import-result.ts";
import { availableCardBytes } from "#scenario/choices/gpu-memory.ts";
import { termBytes } from "#calc/model/memory-estimate.ts";
import { TERM_IDS } from "#calc/model/terms.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { plainSpaces } from "#format/numbers.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import { type EstimatedRun, type Checked, isEstimated, type Outcome, type CheckedRun } from "./check-cases.ts";
import { gibWords } from "#advice/gpu-words.ts";
import { capitalized, gpuPhrase, runMomentWords } from "#format/phrases.ts";
import { cannotRunWords } from "#scenario/choices/cannot-run.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { fitOf, notKnownSentence } from "#scenario/choices/answer.ts";
import { FIT_NAMES, printableLine, textTable } from "./terminal-text.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { importJson, type ImportJson } from "./import-json.ts";
import { type EstimateJson, estimateJson } from "#scenario/choices/estimate-json.ts";

/** Where a line of a list stands, and the field: "train.yaml:12 optim: muon". */
const placeWords = ({ at, field }: ImportLine): string => (at === null ? field : `${at.file}:${at.line} ${field}`);

/** How many fields nobody here has heard of; null where there is none. */
const unknownWords = ({ ignored }: ImportLists): string | null => {
  const { length } = ignored.filter(isUnknown);
  if (length === 0) return null;
  return length === 1
    ? "1 field is not known here and not counted"
    : `${length} fields are not known here and not counted`;
};

/** Characters that mean something in Markdown, in HTML, or to a forge that reads names of people. */
const SPECIAL = /[\\`*_{}[\]<>()#+!|~&]/g;

/** A text that stands for itself in a line of Markdown. A name after @ would be told of it: a sign of no width parts the two. @internal */
export const inMarkdown = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(SPECIAL, (sign) => `\\${sign}`)
    .replaceAll("@", "@\u200B");

/** The longest run of backticks in a text. */
const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

/** A text as code, whatever backticks and line ends it has. In a table a bar would end the cell. @internal */
export const asCode = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").replaceAll("|", "\u2502");
  const fence = "`".repeat(longestRun(line) + 1);
  const space = /^`|`$/.test(line) ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
};

/** What a run takes part by part, in GiB on each GPU: the parts that there are, their sum, and what the card has. */
const partRows = ({ answer, method: { estimate, card } }: EstimatedRun): readonly (readonly [string, string])[] => [
  ...TERM_IDS.flatMap((id): readonly (readonly [string, string])[] => {
    const bytes = termBytes(estimate, id);
    return bytes > 0 ? [[TERM_NAMES[id].label, formatGib(bytes)]] : [];
  }),
  ["Needed on the card", formatGib(estimate.onCardBytes)],
  ["Usable", formatGib(availableCardBytes(answer.choices, answer.gpu.usableBytes))],
  ["To spare", formatSignedGib(card.headroomBytes)],
];

/** What a report may say beside what was checked. */
type ReportOptions = Readonly<{
  /** The address of a calculator, before the `?` of links; null: links stand by themselves. */
  page: string | null;
  /** True if a run that may not fit passes. */
  allowTight: boolean;
}>;

/** A way to write what was checked: lines of standard output. */
export type Report = (checked: readonly Checked[], beside: ReportOptions) => readonly string[];

/** A link as a person opens it. */
const linkOn = (link: string, { page }: ReportOptions): string => `${page ?? ""}${link}`;

/** An outcome in two or three words, after a file's name. */
const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  ...FIT_NAMES,
  "not-known": "is not known to fit",
  "not-readable": "cannot be read",
};

/** The moment that a run's figures are of, where that is none of the training step: " in evaluation at batch 8". */
const momentWords = ({ answer: { choices }, method: { run } }: EstimatedRun): string =>
  run === undefined || run.worst.id === "step" ? "" : ` in ${runMomentWords(run.worst.id, choices.eval)}`;

const figures = (run: EstimatedRun): string => {
  const { gpu, choices } = run.answer;
  const { estimate, card, run: whole } = run.method;
  const { headroomBytes } = whole ?? card;
  const left = fitOf(run.method) === "tight" ? "free" : "to spare";
  const spare = `${gibWords(headroomBytes)} ${headroomBytes < 0 ? "too much" : left}`;
  const usable = `${formatGib(availableCardBytes(choices, gpu.usableBytes))}${gpu.estimated ? " (estimated)" : ""}`;
  const needed = `${gibWords((whole?.worst ?? estimate).onCardBytes)} needed${momentWords(run)}`;
  return `${needed}${choices.gpus > 1 ? " on each" : ""} of ${usable}, ${spare}`;
};

/** What the engine says of a run as it was read: "QLoRA of Llama 3.1 8B fits an H100: 12.3 GiB needed of 79.2, 66.9 to spare." */
const runWords = (run: EstimatedRun): string => {
  const { answer, method } = run;
  const { gpu, choices, model } = answer;
  const what = `${capitalized(METHOD_NAMES[method.method].inSentence)} of ${model.name}`;
  const { cannotRun } = method.card;
  if (cannotRun !== null) return `${what} ${cannotRunWords(cannotRun, gpu, choices.gpus)}.`;
  const cards = gpuPhrase(gpu.shortName, choices.gpus);
  const verb = { fits: "fits", tight: "may not fit", over: "does not fit", "cannot-run": "cannot run on" }[
    fitOf(method)
  ];
  return `${what} ${verb} ${cards}: ${figures(run)}.`;
};

const notModelled = (count: number): string =>
  count === 1 ? "one field changes memory and is not modelled" : `${count} fields change memory and are not modelled`;

/** The verdict of a check, in a sentence or two. */
const verdictWords = (checked: Checked): string => {
  if ("refusals" in checked)
    return checked.refusals
      .map(({ file, line, sentence }) => `${file}${line === null ? "" : `:${line}`}: ${sentence}`)
      .join(" ");
  const { run, outcome } = checked;
  if (!isEstimated(run)) return `Not known: ${notKnownSentence(run.answer.notKnown)}`;
  if (outcome !== "not-known") return runWords(run);
  const { length } = run.imported.lists.notModelled;
  return `Not known: ${notModelled(length)}. Without ${length === 1 ? "it" : "them"}: ${runWords(run)}`;
};

/** What to change first: "Fused loss"; null where it fits, or is not known to. */
const changeWords = (checked: Checked): string | null => {
  if (checked.outcome !== "over" && checked.outcome !== "cannot-run") return null;
  const { change } = checked.run;
  return change === null ? "no set of changes makes it fit" : change.knobs.map(({ title }) => title).join(" + ");
};

const linked = (words: string, link: string, beside: ReportOptions): string =>
  beside.page === null ? `${words}: ${asCode(link)}` : `[${words}](${linkOn(link, beside)})`;

const unmodelled = ({ imported: { lists } }: CheckedRun): readonly string[] => [
  ...lists.notModelled.map((line) => `- ${asCode(placeWords(line))}: ${inMarkdown(line.sentence ?? "not modelled")}`),
  ...(lists.notModelled.length > 0 ? [""] : []),
];

/** What was taken that no file says, in a line: a reader of a diff looks here for what the file leaves open. */
const markdownNotes = ({ imported: { lists }, notes }: CheckedRun): readonly string[] => {
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

const markdownChange = (checked: Checked, { change }: CheckedRun, beside: ReportOptions): readonly string[] => {
  const words = changeWords(checked);
  if (words === null) return [];
  const said = `**What to change first:** ${inMarkdown(words)}`;
  const link = change === null ? "" : `; ${linked("the changed scenario", encodeLink(change.trial.choices), beside)}`;
  return [`${said}${link}`, ""];
};

const markdownLines = (checked: Checked, beside: ReportOptions): readonly string[] => {
  const head = [`### ${asCode(checked.name)} ${OUTCOME_NAMES[checked.outcome]}`, ""];
  const verdict = [inMarkdown(verdictWords(checked)), ""];
  if ("refusals" in checked) return [...head, ...verdict];
  const { run } = checked;
  return [
    ...head,
    ...verdict,
    ...unmodelled(run),
    ...(isEstimated(run) ? table(run) : []),
    ...markdownChange(checked, run, beside),
    ...markdownNotes(run),
    linked("The scenario", encodeLink(run.answer.choices), beside),
    "",
  ];
};

/** For a comment on a pull request: verdict, parts, what to change first, link. */
export const asMarkdown: Report = (checked, beside) =>
  checked.flatMap((each) => markdownLines(each, beside)).map(printableLine);

/** Exit codes of `check`: public interface (docs/package.md). */
const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  fits: 0,
  tight: 4,
  over: 1,
  "cannot-run": 1,
  "not-readable": 2,
  "not-known": 3,
};

/** Of several scenarios: what could not be checked at all goes first, then what does not fit, what is not known, and what may not fit. */
const WORST_FIRST = [2, 1, 3, 4];

/** The exit code of one scenario. @param allowTight whether one that may not fit passes */
const exitCodeOf = (outcome: Outcome, allowTight: boolean): number =>
  outcome === "tight" && allowTight ? 0 : EXIT_CODES[outcome];

/** The exit code of all scenarios together. */
export const exitCode = (outcomes: readonly Outcome[], allowTight: boolean): number => {
  const codes = outcomes.map((outcome) => exitCodeOf(outcome, allowTight));
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 0;
};

/** The object that `check --format json` prints for a scenario; public interface, so that fields are only ever added. */
export type CheckJson = Readonly<{
  version: 1;
  /** The path of the run. */
  file: string;
  outcome: Outcome;
  /** How the program ends for this scenario alone. */
  exit: number;
  /** The verdict in a sentence. */
  says: string;
  /** What a reader has to know beside, in sentences. */
  notes: readonly string[];
  imported: ImportJson;
  /** null: the files cannot be read. Where fields are not modeled it is the figure without them; where something is not known it has none. */
  estimate: EstimateJson | null;
  /** What makes it fit; null where nothing does, or it fits. */
  change: Readonly<{ ids: readonly string[]; link: string }> | null;
}>;

const jsonOf = (checked: Checked, allowTight: boolean): CheckJson => {
  const { name, outcome } = checked;
  const common = {
    version: 1,
    file: name,
    outcome,
    exit: exitCodeOf(outcome, allowTight),
    says: plainSpaces(verdictWords(checked)),
  } as const;
  if ("refusals" in checked) {
    const imported = importJson({ kind: "refused", refusals: checked.refusals });
    return { ...common, notes: [], imported, estimate: null, change: null };
  }
  const { answer, imported, change, notes } = checked.run;
  return {
    ...common,
    notes: notes.map(plainSpaces),
    imported: importJson(imported),
    estimate: estimateJson(answer, []),
    change: change === null ? null : { ids: change.knobs.map(({ id }) => id), link: encodeLink(change.trial.choices) },
  };
};

/** For programs: one object a line. */
export const asJson: Report = (checked, { allowTight }) =>
  checked.map((each) => JSON.stringify(jsonOf(each, allowTight)));

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** What XML 1.0 has no way to write. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g;

const inXml = (text: string): string =>
  text.replaceAll(UNWRITABLE, "\uFFFD").replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** `failure`: it does not fit, or may not; `error`: it could not be tested. Null: it holds. */
const elementOf = ({ outcome }: Checked, { allowTight }: ReportOptions): "failure" | "error" | null => {
  const code = exitCodeOf(outcome, allowTight);
  if (code === 0) return null;
  return code === 1 || code === 4 ? "failure" : "error";
};

const detailsOf = (checked: Checked, beside: ReportOptions): readonly string[] => {
  if ("refusals" in checked) return [];
  const { run } = checked;
  const change = changeWords(checked);
  return [
    ...run.imported.lists.notModelled.map((line) => `${placeWords(line)} (${line.sentence ?? "not modelled"})`),
    ...(isEstimated(run) ? partRows(run) : []).map(([label, value]) => `${label}: ${value}`),
    ...(change === null ? [] : [`To make it fit: ${change}`]),
    linkOn(encodeLink(run.answer.choices), beside),
  ];
};

const caseOf = (checked: Checked, beside: ReportOptions): readonly string[] => {
  const element = elementOf(checked, beside);
  const verdict = inXml(printableLine(verdictWords(checked)));
  const details = inXml(detailsOf(checked, beside).map(printableLine).join("\n"));
  const said =
    element === null
      ? `    <system-out>${verdict}\n${details}</system-out>`
      : `    <${element} type="${checked.outcome}" message="${verdict}">${details}</${element}>`;
  return [
    `  <testcase classname="headroom.check" name="${inXml(printableLine(checked.name))}">`,
    said,
    "  </testcase>",
  ];
};

/** JUnit's XML, as CI reads it: a test case for each scenario. */
export const asJunit: Report = (checked, beside) => {
  const of = (name: string): number => checked.filter((each) => elementOf(each, beside) === name).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="headroom" tests="${checked.length}" failures="${of("failure")}" errors="${of("error")}" skipped="0">`,
    ...checked.flatMap((each) => caseOf(each, beside)),
    "</testsuite>",
  ];
};

/** "seq=2048"; of what sets no key of its own its name. */
const assumedWords = ({ key, field, text }: ImportLine): string =>
  text === null ? (key ?? field) : `${key ?? field}=${text}`;

const plainNotes = ({ imported: { lists }, notes }: CheckedRun): readonly string[] => {
  const unknown = unknownWords(lists);
  return [
    ...lists.notModelled.map((line) => `? ${placeWords(line)}  (${line.sentence ?? "not modelled"})`),
    ...lists.assumed.map((line) => `~ ${assumedWords(line)}  (${line.sentence ?? "assumed"})`),
    ...notes.map((sentence) => `! ${sentence}`),
    ...(unknown === null ? [] : [`~ ${unknown}`]),
  ];
};

const plainChange = (checked: Checked, run: CheckedRun, beside: ReportOptions): readonly string[] => {
  const words = changeWords(checked);
  if (words === null) return [];
  const link = run.change === null ? [] : [`  ${linkOn(encodeLink(run.change.trial.choices), beside)}`];
  return [`  To make it fit: ${words}`, ...link];
};

const plainLines = (checked: Checked, beside: ReportOptions): readonly string[] => {
  const head = [`${checked.name} ${OUTCOME_NAMES[checked.outcome]}`, `  ${verdictWords(checked)}`];
  if ("refusals" in checked) return [...head, ""];
  const { run } = checked;
  return [
    ...head,
    ...plainNotes(run).map((line) => `  ${line}`),
    ...(isEstimated(run) ? textTable(partRows(run)).map((line) => `    ${line}`) : []),
    ...plainChange(checked, run, beside),
    `  ${linkOn(encodeLink(run.answer.choices), beside)}`,
    "",
  ];
};

/** For a person who reads a log. */
export const asPlain: Report = (checked, beside) =>
  checked.flatMap((each) => plainLines(each, beside)).map(printableLine);
