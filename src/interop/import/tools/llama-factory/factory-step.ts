import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeFlag, takeNumber, takeWord, wordOf } from "#interop/import/take.ts";
import { factoryDefault } from "./factory-method.ts";
import { COUNTED_RANK } from "./unmodelled-of-factory.ts";

/** Its names of attention; `auto` leaves it to transformers. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/attention.py */
const ATTENTION = takeWord({ auto: null, disabled: "eager", sdpa: "sdpa", fa2: "flash", fa3: "flash" });

/** @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/data_args.py:46, hparams/model_args.py (lines 117 to 150) */
const RULES: readonly FieldRule[] = [
  {
    field: "cutoff_len",
    key: "seq",
    take: takeNumber,
    isLength: true,
    otherwise: factoryDefault("2048", "hparams/data_args.py:46"),
  },
  { field: "flash_attn", key: "attn", take: ATTENTION },
  { field: ["enable_liger_kernel", "use_liger_kernel"], key: "liger", take: takeFlag },
  { field: "use_unsloth_gc", key: "actoffload", take: takeFlag },
  { field: "use_reentrant_gc", key: "reentrant", take: takeFlag },
];

const stageOf = (source: Source): string => wordOf(fieldOf(source, "stage")?.value ?? "sft");

const isOnAt = (source: Source, name: string): boolean => isOn(fieldOf(source, name)?.value ?? undefined);

/** Rows full of samples: by a field, or in pre-training. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/parser.py:645, data_args.py:185 */
const packing = (source: Source): readonly Finding[] => {
  const neat = fieldOf(source, "neat_packing");
  if (neat !== undefined && isOn(neat.value)) return [{ kind: "read", field: neat, key: "packing", text: "1" }];
  const stage = stageOf(source);
  return readFields(source, [
    {
      field: "packing",
      key: "packing",
      take: takeFlag,
      otherwise: factoryDefault(stage === "pt" ? "1" : "0", "hparams/parser.py:645: on in pre-training alone"),
    },
  ]);
};

/** On unless it is switched off. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/checkpointing.py:184 */
const checkpointing = (source: Source): readonly Finding[] =>
  readFields(source, [
    {
      field: "disable_gradient_checkpointing",
      key: "ckpt",
      take: (value) => (isOn(value) ? "0" : "1"),
      otherwise: factoryDefault("1", "hparams/model_args.py:145"),
    },
  ]);

/** Liger's fused loss is for plain fine-tuning and pre-training. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/loader.py:142 */
const loss = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["enable_liger_kernel", "use_liger_kernel"]);
  const isFused = ["sft", "pt"].includes(stageOf(source));
  return field !== undefined && isOn(field.value) && !isFused
    ? [{ kind: "read", field, key: "loss", text: "full" }]
    : [];
};

/** Without a type nothing runs under autocast. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/parser.py:640 */
const autocast = (source: Source): readonly Finding[] => {
  if (isOnAt(source, "bf16") || isOnAt(source, "fp16")) return [];
  const field = fieldOf(source, "pure_bf16");
  if (field !== undefined && isOn(field.value)) return [{ kind: "read", field, key: "autocast", text: "0" }];
  const none = { text: "0", sentence: "Neither bf16 nor fp16 is on, so that nothing runs under autocast." };
  return [{ kind: "assumed", key: "autocast", ...none }];
};

/** Optimizers that are switched on by a field of their own. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/finetuning_args.py */
const SWITCHES = [
  { name: "use_galore", optim: "galore_adamw", rank: "galore_rank" },
  { name: "use_apollo", optim: "apollo_adamw", rank: "apollo_rank" },
  { name: "use_muon", optim: "muon", rank: null },
] as const;

const OWN_RANK = `LLaMA-Factory's rank where none is said is 16 (0.9.5, hparams/finetuning_args.py:279, 318): ${COUNTED_RANK} is counted.`;

const optimizer = (source: Source): readonly Finding[] =>
  SWITCHES.flatMap(({ name, optim, rank }): readonly Finding[] => {
    const field = fieldOf(source, name);
    if (field === undefined) return [];
    if (!isOn(field.value)) return [{ kind: "ignored", field, sentence: "It is off." }];
    const isOpen = rank !== null && fieldOf(source, rank) === undefined;
    return [
      { kind: "read", field, key: "optim", text: optim },
      ...(isOpen ? [{ kind: "not-modelled", field, sentence: OWN_RANK } as const] : []),
    ];
  });

/** Lengths, packing, checkpoints, kernels, types: what a step does beside what is trained. */
export const readFactoryStep = (source: Source): readonly Finding[] => [
  ...readFields(source, RULES),
  ...packing(source),
  ...checkpointing(source),
  ...loss(source),
  ...autocast(source),
  ...optimizer(source),
];
