import { fromPretrained } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import { kbitCall } from "#interop/config-lines/hugging-face/kbit-call.ts";
import { peftConfig } from "#interop/config-lines/hugging-face/peft-config.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwritten, unwrittenAll } from "#interop/config-lines/unwritten.ts";
import { wholeLayers } from "#interop/config-lines/whole-layers.ts";

const REENTRANT = 'gradient_checkpointing_kwargs={"use_reentrant": True}';

/** Layers checkpointed whole; reentrant by themselves are those of a model's own code. @see transformers@5.14.1:modeling_utils.py, gradient_checkpointing_enable */
const checkpointing = (run: ChosenRun, tool: string): Setting =>
  wholeLayers(run, tool, {
    name: "checkpointing",
    statement: run.choices.ckpt
      ? `model.gradient_checkpointing_enable(${run.resolved.reentrant && !run.usual.reentrant ? REENTRANT : ""})`
      : null,
  });

/** A model of transformers, with PEFT's adapters, in a loop that is written by hand. */
export const modelCode = (run: ChosenRun, tool: string): readonly Setting[] => [
  // Rows are cut where they become tokens.
  { within: "tokenizer", field: "max_length", value: run.choices.seq },
  ...fromPretrained(run, { tool, dtype: "dtype" }),
  ...peftConfig(run),
  ...kbitCall(run, tool),
  checkpointing(run, tool),
  ...(run.resolved.selective === "none" ? [] : [unwritten(run, [tool, "reentrance"])]),
  // Liger-Kernel@ead96b61: transformers/monkey_patch.py
  unwritten(run, [tool, "liger"], { instead: "apply_liger_kernel_to_... of liger_kernel.transformers puts them in" }),
  ...unwrittenAll(run, tool, ["loss", "activations", "packing", "experts", "gradients", "states"]),
];
