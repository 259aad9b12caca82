import type { Catalog } from "#catalog/catalog.ts";
import { allocatorVariable } from "#interop/config-lines/allocator-variable.ts";
import { chosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { settle } from "#scenario/choices/settle.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import type { Exported } from "./exported.ts";
import { EXPORTERS, type ExportTool } from "./export-tools.ts";
import type { Exporter } from "./exporter.ts";
import { headLines } from "./head-lines.ts";
import { namedBase } from "./named-base.ts";
import { torchtuneModel } from "./torchtune-models.ts";
import { writtenOf } from "./written.ts";

/** The scenario in focus as a tool runs it: what was chosen stays, what was left open is the tool's. */
export const choicesOf = (tool: ExportTool, choices: Choices): Choices => {
  const { stack, own }: Exporter = EXPORTERS[tool];
  const chosen = Object.entries(choices).filter(([, value]) => value !== null);
  return settle({
    ...choices,
    ...own,
    ...(Object.fromEntries(chosen) as Partial<Choices>),
    stack: stack ?? choices.stack,
    show: [choices.method],
  });
};

/**
 * The files with which a tool runs the method in focus. What a file does not say is the tool's default; data and output are placeholders. Whether it fits is
 * said in it, and is no condition.
 */
export const exportFiles = (tool: ExportTool, given: Choices, catalog: Catalog): Exported => {
  const { name, settings, always, start, files }: Exporter = EXPORTERS[tool];
  const choices = choicesOf(tool, given);
  const run = chosenRun(choices, catalog);
  const written = writtenOf([allocatorVariable(choices), ...settings(run)], always);
  const base = namedBase(choices, catalog);
  const answer = toAnswer(choices, catalog);
  const command = start?.(run) ?? written.statements.get("launch");
  const head = headLines({ answer, show: given.show, name, written, base, start: command });
  return {
    files: files({ run, base, torchtune: torchtuneModel(choices, catalog), written, head }),
    left: written.left,
  };
};
