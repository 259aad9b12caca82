import type { Finding } from "#interop/import/finding.ts";
import { readModel } from "#interop/import/named-model.ts";
import { fieldOf, type FieldRule, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeNumber, wordOf } from "#interop/import/take.ts";
import { readPlainAutocast } from "#interop/import/tools/hugging-face/mixed-precision.ts";
import { readTrainingArguments } from "#interop/import/tools/hugging-face/training-arguments.ts";
import { takeAttention, takeDtype } from "#interop/import/tools/hugging-face/words.ts";
import { withLauncher } from "#interop/import/tools/launch/with-launcher.ts";
import { readTrainerSharding } from "#interop/import/tools/sharding/trainer-sharding.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { isPositive, isSet, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";
import { HARMLESS_OF_TRAINER_COMMANDS } from "./harmless.ts";

const WHOLE: Finding = {
  kind: "assumed",
  key: "method",
  text: "full",
  sentence: "A script of the Trainer trains all of a model, unless its own code says otherwise.",
};

/** transformers' example of language modelling joins all texts and cuts them into rows of one length. @see transformers@5.14.1:examples/pytorch/language-modeling/run_clm.py, group_texts */
const isJoining = (source: Source): boolean =>
  /(^|[\s/])run_clm\.py(?=\s|$)/.test(wordOf(fieldOf(source, "command")?.value ?? ""));

const JOINED = "run_clm.py joins texts and cuts them into rows of one length (transformers 5.14.1).";
const PADDED = "transformers' own trainer packs nothing: shorter rows are padded.";
const BLOCK = "run_clm.py's default, where the tokenizer sets no shorter one (transformers 5.14.1).";

const LENGTHS = ["model_max_length", "block_size", "max_seq_length", "max_seq_len", "max_length"] as const;

const readRows = (source: Source): readonly Finding[] => {
  const isJoined = isJoining(source);
  const length: FieldRule = { field: LENGTHS, key: "seq", take: takeNumber };
  return [
    { kind: "assumed", key: "packing", text: isJoined ? "1" : "0", sentence: isJoined ? JOINED : PADDED },
    ...readFields(source, [
      isJoined ? { ...length, otherwise: { text: "1024", sentence: BLOCK } } : { ...length, isLength: true },
    ]),
  ];
};

/** What the model is loaded as; transformers 5 loads it as it is stored. */
const LOADED: readonly FieldRule[] = [
  { field: ["dtype", "torch_dtype"], key: "weights", take: takeDtype },
  { field: "attn_implementation", key: "attn", take: takeAttention },
];

/** A script's own switches, which its code alone explains. */
const UNMODELLED: readonly Unmodelled[] = [
  {
    field: ["use_lora", "lora", "lora_enable", "lora_r", "lora_rank", "lora_alpha", "lora_target_modules", "q_lora"],
    when: isSet,
    sentence: "Adapters of the script's own: all of the model is counted as trained.",
  },
  {
    field: ["bits", "load_in_4bit", "load_in_8bit", "double_quant", "quant_type"],
    when: isSet,
    sentence: "A base that the script packs itself: its weights are counted in 16 bits.",
  },
  { field: "config_overrides", when: isSet, sentence: "The sizes of the model are others than the catalog's." },
  { field: "freeze_backbone", when: isSet, sentence: "Weights that stay as they are: all are counted as trained." },
  {
    field: ["vision_tower", "image_folder", "video_folder", "tune_mm_mlp_adapter", "mm_tunable_parts"],
    when: isSet,
    sentence: "Images, and the tower that reads them, are not counted.",
  },
  {
    field: "label_smoothing",
    when: isPositive,
    sentence: "Label smoothing computes the loss by another way, over the logarithms of all logits.",
  },
];

/** Command lines of scripts whose arguments are those of transformers' Trainer. @see transformers@5.14.1:training_args.py, examples/pytorch/language-modeling/ */
export const TRAINER_COMMAND_READER: ToolReader = withLauncher({
  id: "trainer-command",
  name: "A script of the Trainer, transformers 5.14",
  stack: "transformers",
  says: "run",
  recognises: ({ format, fields }) => format === "command" && fields.has("model_name_or_path"),
  read: (source, { catalog }) => [
    ...readModel(fieldOf(source, "model_name_or_path"), catalog),
    WHOLE,
    ...readTrainingArguments(source),
    ...readPlainAutocast(source),
    ...readRows(source),
    ...readFields(source, LOADED),
    ...readTrainerSharding(source, {}),
    ...readUnmodelled(source, UNMODELLED),
  ],
  harmless: HARMLESS_OF_TRAINER_COMMANDS,
});
