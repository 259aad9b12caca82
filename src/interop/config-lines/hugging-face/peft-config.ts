// PEFT's adapter configs for each tuner, and the format of the adapters.

import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import type { Setting, Value } from "#interop/config-lines/setting.ts";
import { bytesPerParameter } from "#calc/base/dtypes.ts";
import { missingField } from "#interop/config-lines/unwritten-settings.ts";

/** PEFT's config of a tuner: its class, since which version, and the fields of what every tuner's config says by another name, or not at all. */
type PeftConfig = Readonly<{
  within: string;
  versions?: string;
  rank: string | null;
  alpha: string | null;
  dropout: string | null;
  /** null: it stands beside no module. */
  targets?: null;
  /** Fields, or lines, that only this tuner has. */
  own?: (run: ChosenRun, within: string) => readonly Setting[];
}>;

/** The second matrices of MLPs, by a pattern: a list has to name targets. @see peft/tuners/ia3/model.py, `_check_target_module_feedforward` */
const FEEDFORWARD = ".*(down_proj|mlp.c_proj|fc2|fc_out|dense_4h_to_h)";

const dora = ({ dora: value }: ChosenRun, within: string): readonly Setting[] => [
  { within, field: "use_dora", value, otherwise: false, versions: "From PEFT 0.9." },
];

const lorafaOptimizer = ({ choices, resolved }: ChosenRun): readonly Setting[] => [
  {
    name: "lorafa",
    statement: `optimizer = create_lorafa_optimizer(model, r=${choices.r}, lora_alpha=${resolved.alpha}, lr=training_args.learning_rate)  # Trainer(optimizers=(optimizer, None))`,
    versions: "From PEFT 0.16.",
  },
];

const LORA: PeftConfig = { within: "LoraConfig", rank: "r", alpha: "lora_alpha", dropout: "lora_dropout" };

const CONFIGS: Readonly<Record<ChosenRun["tuner"], PeftConfig>> = {
  lora: { ...LORA, own: dora },
  lorafa: { ...LORA, own: lorafaOptimizer },
  vera: { within: "VeraConfig", versions: "From PEFT 0.11.", rank: "r", alpha: null, dropout: "vera_dropout" },
  ia3: {
    within: "IA3Config",
    versions: "From PEFT 0.4.",
    rank: null,
    alpha: null,
    dropout: null,
    own: (_, within) => [{ within, field: "feedforward_modules", value: FEEDFORWARD }],
  },
  loha: { within: "LoHaConfig", versions: "From PEFT 0.6.", rank: "r", alpha: "alpha", dropout: null },
  lokr: { within: "LoKrConfig", versions: "From PEFT 0.6.", rank: "r", alpha: "alpha", dropout: null },
  oft: {
    within: "OFTConfig",
    versions: "From PEFT 0.16.",
    rank: "oft_block_size",
    alpha: null,
    dropout: null,
    own: (_, within) => [{ within, field: "r", value: 0 }],
  },
  vblora: { within: "VBLoRAConfig", versions: "From PEFT 0.13.", rank: "r", alpha: null, dropout: "vblora_dropout" },
  adalora: {
    within: "AdaLoraConfig",
    versions: "From PEFT 0.3.",
    rank: "init_r",
    alpha: "lora_alpha",
    dropout: "lora_dropout",
    // It asks for the number of steps, which no choice says.
    own: (_, within) => [{ within, field: "total_step", value: { code: "max_steps" } }],
  },
  prompt_tuning: {
    within: "PromptTuningConfig",
    rank: "num_virtual_tokens",
    alpha: null,
    dropout: null,
    targets: null,
    own: (_, within) => [{ within, field: "task_type", value: "CAUSAL_LM" }],
  },
};

/**
 * Since when names mean what they are counted as: fused experts of transformers 5 from 0.19 on, and with "all-linear" from 0.20 on.
 *
 * @see peft 0.19 and 0.20: utils/transformers_weight_conversion.py (none in 0.18), `_resolve_string_target_modules` (none in 0.19)
 */
const targetsSince = ({ targets, named, tuner, stack }: ChosenRun): string | null => {
  const isAll = targets === "all-linear";
  if (tuner === "lora" && stack.modelling === undefined && named.parameters.length > 0)
    return `From PEFT ${isAll ? "0.20" : "0.19"}, with adapters on fused experts.`;
  return isAll ? "From PEFT 0.8." : null;
};

const targetsOf = (run: ChosenRun, { within }: PeftConfig): Setting => {
  const versions = targetsSince(run);
  return { within, field: "target_modules", value: run.targets, ...(versions !== null && { versions }) };
};

/**
 * PEFT's config of the adapters. Every file names rank, alpha and modules.
 *
 * @see peft@0.20.1.dev0:tuners/lora/config.py, tuners/vera/config.py (VeRA: 0.11, none in 0.10; use_dora: 0.9, none in 0.8.2; "all-linear": 0.8, none in 0.7);
 * peft@0.21.2:tuners/ia3/config.py, tuners/loha/config.py, tuners/lokr/config.py, optimizers/lorafa.py, and the first versions that have each of these files
 */
export const peftConfig = (run: ChosenRun): readonly Setting[] => {
  const { choices, resolved, tuner } = run;
  if (choices.method === "full") return [];
  const config = CONFIGS[tuner];
  const { within, versions, rank, alpha, dropout, own } = config;
  const field = (name: string | null, value: Value, more: object = {}): readonly Setting[] =>
    name === null ? [] : [{ within, field: name, value, ...more }];
  return [
    ...field(rank, choices.r, versions === undefined ? {} : { versions }),
    ...field(alpha, resolved.alpha),
    ...field(dropout, choices.dropout, { otherwise: 0 }),
    ...(config.targets === null ? [] : [targetsOf(run, config)]),
    ...(own?.(run, within) ?? []),
    ...field("modules_to_save", choices.save.length === 0 ? null : choices.save, { otherwise: null }),
  ];
};

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
    ? [missingField(run, [tool, "adapterFormat"], { name, instead: "PEFT makes them fp32 on a quantised base" })]
    : [{ within, field, value: isFp32, otherwise: true, versions }];
};
