import { type Outcome, type Checked, isEstimated, type CheckedRun } from "./checked.ts";
import { importJson, type ImportJson } from "#package/import-json.ts";
import { type EstimateJson, estimateJson } from "#scenario/choices/estimate-json.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import {
  plainSpaces,
  type Report,
  verdictWords,
  placeWords,
  partRows,
  linkOn,
  type ReportOptions,
  changeWords,
  unknownWords,
  OUTCOME_NAMES,
} from "./as-markdown.ts";
import { oneLine } from "#package/one-line.ts";
import { textTable } from "#package/commands/text.ts";
import type { ImportLine } from "#interop/import/imported.ts";

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
  const verdict = inXml(oneLine(verdictWords(checked)));
  const details = inXml(detailsOf(checked, beside).map(oneLine).join("\n"));
  const said =
    element === null
      ? `    <system-out>${verdict}\n${details}</system-out>`
      : `    <${element} type="${checked.outcome}" message="${verdict}">${details}</${element}>`;
  return [`  <testcase classname="headroom.check" name="${inXml(oneLine(checked.name))}">`, said, "  </testcase>"];
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

const besides = ({ imported: { lists }, notes }: CheckedRun): readonly string[] => {
  const unknown = unknownWords(lists);
  return [
    ...lists.notModelled.map((line) => `? ${placeWords(line)}  (${line.sentence ?? "not modelled"})`),
    ...lists.assumed.map((line) => `~ ${assumedWords(line)}  (${line.sentence ?? "assumed"})`),
    ...notes.map((sentence) => `! ${sentence}`),
    ...(unknown === null ? [] : [`~ ${unknown}`]),
  ];
};

const changeLines = (checked: Checked, run: CheckedRun, beside: ReportOptions): readonly string[] => {
  const words = changeWords(checked);
  if (words === null) return [];
  const link = run.change === null ? [] : [`  ${linkOn(encodeLink(run.change.trial.choices), beside)}`];
  return [`  To make it fit: ${words}`, ...link];
};

const linesOf = (checked: Checked, beside: ReportOptions): readonly string[] => {
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
