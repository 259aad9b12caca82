import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";

/** Bases that were quantised before, as a sentence calls them. */
const BASES: Readonly<Record<string, string>> = { gptq: "a GPTQ base", "unsloth-dynamic": "a dynamic 4-bit base" };

/** Whether the base was quantised before, which its own config.json says. */
export const isCheckpoint = ({ choices: { quant } }: ChosenRun): boolean => Object.hasOwn(BASES, quant);

/** What is said of such a base in the place of a setting. */
export const checkpointBase = (run: ChosenRun, tool: string, name: string): Setting =>
  unwritten(run, [tool, "quantization"], {
    name,
    instead: `${BASES[run.choices.quant]} is loaded by the name of a checkpoint that is one`,
  });
