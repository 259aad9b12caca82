// Files that run a scenario in another tool, with the estimate and its link at the top.

import { type Answer, notKnownSentence } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import {
  estimateWords,
  plainLetters,
  placeholderLines,
  type Exporter,
  type Exporting,
  torchtuneModel,
  type FileContent,
  type Exported,
  contentOfSettings,
} from "./exporter.ts";
import { type NamedBase, namedBase } from "./named-base.ts";
import type { ObjectiveId } from "#calc/model/objective.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";
import { allocatorVariable } from "#interop/config-lines/setting.ts";
import { chosenRun } from "#interop/config-lines/chosen-run.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { notKnownOf } from "#scenario/choices/not-known.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { EXPORTERS, type ExportTool } from "./export-tools.ts";

/** How a run is started. Some tools' files say no number of GPUs: it stands here. */
const startLines = (start: string | undefined): readonly string[] => (start === undefined ? [] : [`Start: ${start}`]);

type Headed = Readonly<{
  /** Of the method in focus alone. */
  answer: Answer;
  /** The methods that the link shows. */
  show: Choices["show"];
  /** The tool with its versions. */
  name: string;
  written: FileContent;
  base: NamedBase;
  /** The command that starts the run. */
  start: string | undefined;
  /** The text of the files without what stands at their top. */
  body: string;
}>;

/** What stands at the top of an exported file, a line each: the estimate, its link, whose file it is, how it starts, what is to be replaced, what it cannot say. */
const headLines = ({ answer, show, name, written, base, start, body }: Headed): readonly string[] => {
  const environment = [...written.statements.values()].filter(
    (line) => line.startsWith("export ") && !body.includes(line),
  );
  return [
    estimateWords(answer),
    `Counted by Headroom: ${encodeLink({ ...answer.choices, show })}`,
    `Fields of ${name}.`,
    ...(written.beside.length === 0 ? [] : [`Install beside it: ${written.beside.join(", ")}.`]),
    ...written.versions,
    ...environment.map((line) => `Before it: ${line}`),
    ...startLines(start),
    ...placeholderLines(body, base),
    ...(written.left.length === 0
      ? []
      : ["Counted, and not in this file:", ...written.left.map((each) => `- ${each}`)]),
  ].map(plainLetters);
};

/** Whether files of a tool train for an objective. */
const writesFor = (tool: ExportTool, objective: ObjectiveId): boolean => {
  const { stack, writesFor: own }: Exporter = EXPORTERS[tool];
  return own?.(objective) ?? (stack === null || supportsObjective(stack, objective));
};

/** The scenario in focus as a tool runs it: what was chosen stays, what was left open is the tool's. What it has no file for is plain fine-tuning. */
export const choicesForTool = (tool: ExportTool, choices: Choices): Choices => {
  const { stack, own }: Exporter = EXPORTERS[tool];
  const chosen = Object.entries(choices).filter(([, value]) => value !== null);
  return settle({
    ...choices,
    ...own,
    ...(Object.fromEntries(chosen) as Partial<Choices>),
    stack: stack ?? choices.stack,
    objective: writesFor(tool, choices.objective) ? choices.objective : "sft",
    show: [choices.method],
  });
};

/** What is said where a file trains for something else than was chosen. */
const otherObjective = (tool: ExportTool, { objective }: Choices): readonly string[] =>
  writesFor(tool, objective)
    ? []
    : [
        `This file and its estimate are of plain fine-tuning (SFT): ${objective.toUpperCase()} has a file of TRL, as a script.`,
      ];

/** What files are written of, but for their head. */
type Prepared = Omit<Exporting, "head">;

/** @param given as it was chosen, whatever the tool makes of it */
const prepared = (tool: ExportTool, given: Choices, catalog: Catalog): Prepared => {
  const choices = choicesForTool(tool, given);
  const { settings, always, lacks }: Exporter = EXPORTERS[tool];
  const run = chosenRun(choices, catalog);
  const torchtune = torchtuneModel(choices, catalog);
  const base = namedBase(choices, catalog);
  const own = contentOfSettings([allocatorVariable(choices), ...settings(run)], always);
  const written = {
    ...own,
    left: [...otherObjective(tool, given), ...own.left, ...(lacks?.({ run, base, torchtune }) ?? [])],
  };
  return { run, base, torchtune, written };
};

/** The command that starts a run. */
const startOf = (tool: ExportTool, { run, written }: Prepared): string | undefined => {
  const { start }: Exporter = EXPORTERS[tool];
  return start?.(run) ?? written.statements.get("launch");
};

/** The files with nothing but the command that starts them at their top: nothing is estimated. @internal */
export const bareFiles = (tool: ExportTool, given: Choices, catalog: Catalog): Exported => {
  const whole = prepared(tool, given, catalog);
  return {
    files: EXPORTERS[tool].files({ ...whole, head: startLines(startOf(tool, whole)) }),
    left: whole.written.left,
  };
};

/**
 * The files with which a tool runs the method in focus, each with the estimate and its link at the top. What a file does not say is the tool's default; data
 * and output are placeholders. Whether the run fits is said, and is no condition. Nothing is written of a scenario that names something unknown.
 */
export const exportFiles = (tool: ExportTool, given: Choices, catalog: Catalog): Exported => {
  const unknown = notKnownOf(given, catalog);
  if (unknown.length > 0) return { files: [], left: [notKnownSentence(unknown)] };
  const { name, files }: Exporter = EXPORTERS[tool];
  const choices = choicesForTool(tool, given);
  const answer = toAnswer(choices, catalog);
  const bare = prepared(tool, given, catalog);
  const left = [...bare.written.left, ...answerIssues(answer).map(({ message }) => message)];
  const whole = { ...bare, written: { ...bare.written, left } };
  const head = headLines({
    ...whole,
    name,
    answer,
    show: given.show,
    start: startOf(tool, whole),
    body: files({ ...whole, head: [] })
      .map(({ text }) => text)
      .join("\n"),
  });
  return { files: files({ ...whole, head }), left };
};
