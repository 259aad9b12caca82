import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";

const NAME = "prepare_model_for_kbit_training";

/** What stays 16-bit on a quantised base is turned to fp32 by a call, or left. @see peft@0.20.1.dev0:utils/other.py, prepare_model_for_kbit_training */
export const kbitCall = (run: ChosenRun, tool: string): readonly Setting[] => {
  const { choices, resolved, stack } = run;
  if (choices.method !== "qlora") return [];
  if (resolved.kbit === "fp32") {
    const rest = choices.ckpt ? "" : ", use_gradient_checkpointing=False";
    return [{ name: NAME, statement: `model = ${NAME}(model${rest})` }];
  }
  // Where the call is the usual way, nothing is prepared without it.
  if (resolved.kbit === "none" && stack.kbitPreparation === "fp32") return [{ name: NAME, statement: null }];
  return [unwritten(run, [tool, "kbit"], { name: NAME })];
};
