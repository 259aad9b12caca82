import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { topField } from "#interop/config-lines/top-field.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";

/** What a base that is quantised while it is loaded is quantised to; others were before. */
const LOADED_IN: Readonly<Record<ChosenRun["choices"]["quant"], ChosenRun["resolved"]["experts"] | null>> = {
  nf4: "4bit",
  fp4: "4bit",
  int8: "8bit",
  gptq: null,
  "unsloth-dynamic": null,
};

/** Experts are quantised as by itself, whatever `bnb_config_kwargs` says. @see axolotl@067b021c:src/axolotl/monkeypatch/moe_quant.py, `patch_moe_quantization_on_load` */
const expertFormat = ({ choices: { quant, dq }, resolved }: ChosenRun, tool: string): readonly Setting[] =>
  resolved.experts === "4bit"
    ? [
        {
          name: "expertFormat",
          chosen: `${quant} ${dq}`,
          sentence: `${tool} has no field for the format of experts: it is NF4 with double quantization.`,
          when: quant === "nf4" && dq ? "taken-back" : "chosen",
        },
      ]
    : [];

/** Axolotl's lines on experts that are fused into one parameter. @see axolotl 0.15: src/axolotl/utils/schemas/quantization.py, docs/expert_quantization.qmd */
export const expertLines = (run: ChosenRun, tool: string): readonly Setting[] => {
  const { choices, resolved } = run;
  const isPacked = resolved.experts !== "16bit";
  if (isPacked && (resolved.experts !== LOADED_IN[choices.quant] || resolved.expertread !== "saved"))
    return [unwritten(run, [tool, "experts"], { name: ".quantize_moe_experts" })];
  return [
    {
      ...topField("quantize_moe_experts"),
      value: isPacked,
      otherwise: false,
      // bitsandbytes 0.48 and 0.49 keep every stack that was dequantised under checkpointing: fixed by its PR 1999.
      versions: "From axolotl 0.15, on CUDA, with bitsandbytes 0.50 or later.",
    },
    ...expertFormat(run, tool),
  ];
};
