import { oneLine } from "#package/one-line.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { type Checked, isEstimated } from "./checked.ts";
import { exitCodeOf } from "./exit-code.ts";
import { placeWords } from "./line-words.ts";
import { partRows } from "./part-rows.ts";
import { linkOn, type Report, type ReportWith } from "./report.ts";
import { changeWords, verdictWords } from "./verdict-words.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** What XML 1.0 has no way to write. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g;

const inXml = (text: string): string =>
  text.replaceAll(UNWRITABLE, "\uFFFD").replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** `failure`: it does not fit, or may not; `error`: it could not be tested. Null: it holds. */
const elementOf = ({ outcome }: Checked, { allowTight }: ReportWith): "failure" | "error" | null => {
  const code = exitCodeOf(outcome, allowTight);
  if (code === 0) return null;
  return code === 1 || code === 4 ? "failure" : "error";
};

const detailsOf = (checked: Checked, beside: ReportWith): readonly string[] => {
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

const caseOf = (checked: Checked, beside: ReportWith): readonly string[] => {
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
