import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";

/** A base that was quantised before, which its own config.json says. */
export const gptqBase = (run: ChosenRun, tool: string, name: string): Setting =>
  unwritten(run, [tool, "quantization"], {
    name,
    instead: "a GPTQ base is loaded by the name of a checkpoint that is one",
  });
