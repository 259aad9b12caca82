import { bytesPerParameter } from "#calc/base/dtype.ts";
import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";

const FP32_BYTES = 4;

type Place = Readonly<{ tool: string; within: string; field: string; versions: string }>;

/** PEFT's own argument. @see peft 0.12: mapping.py, autocast_adapter_dtype (none in 0.11.1) */
export const autocastArgument = (tool: string): Place => ({
  tool,
  within: "get_peft_model",
  field: "autocast_adapter_dtype",
  versions: "From PEFT 0.12.",
});

/**
 * PEFT makes adapters on a 16-bit base fp32 unless it is told not to; on a quantised base it makes them fp32.
 *
 * @see trl@v1.9.0:trl/trainer/sft_trainer.py, lines 1122 to 1130 ("this option is not yet supported for quantized models")
 */
export const adapterFormat = (run: ChosenRun, { tool, within, field, versions }: Place): readonly Setting[] => {
  const { choices, resolved } = run;
  if (choices.method === "full") return [];
  const name = `${within}.${field}`;
  const isFp32 = bytesPerParameter(resolved.adapters) >= FP32_BYTES;
  return choices.method === "qlora" && !isFp32
    ? [unwritten(run, [tool, "adapterFormat"], { name, instead: "PEFT makes them fp32 on a quantised base" })]
    : [{ within, field, value: isFp32, otherwise: true, versions }];
};
