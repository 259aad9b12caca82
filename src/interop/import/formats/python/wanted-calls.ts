import { classOf, PEFT_TUNERS, TRL_OBJECTIVES } from "#interop/import/own-name.ts";

/** Calls that set something of a training. All others are passed over. */
const WANTED: readonly RegExp[] = [
  /^Fast\w+\.(from_pretrained|get_peft_model)$/,
  /^(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/,
  /^(get_peft_model|prepare_model_for_kbit_training|gradient_checkpointing_enable|PatchDPOTrainer)$/,
  /^(FullyShardedDataParallelPlugin|DeepSpeedPlugin|Accelerator|DistributedConfig|BitsAndBytesConfig)$/,
  /^\w*(TrainingArguments|Trainer)$/,
  classOf([...PEFT_TUNERS, ...TRL_OBJECTIVES], "Config"),
];

/** A call by its class and what of it is called, without modules: "peft.LoraConfig" is LoraConfig. undefined: it sets nothing of a training. */
export const wantedCall = (name: string): string | undefined => {
  const parts = name.split(".");
  const first = parts.findIndex((part) => /^[A-Z]/.test(part));
  const own = first === -1 ? (parts.at(-1) ?? "") : parts.slice(first).join(".");
  return WANTED.some((kind) => kind.test(own)) ? own : undefined;
};

const CALL = /\b[A-Za-z_][\w.]{0,80}(?=[ \t]*\()/g;

/** Whether a text has such a call, wherever it stands. */
export const setsTraining = (text: string): boolean =>
  (text.match(CALL) ?? []).some((name) => wantedCall(name) !== undefined);

/** What arguments without a name are called. */
const POSITIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^Fast\w+\.from_pretrained$/, ["model_name", "max_seq_length", "dtype", "load_in_4bit"]],
  [/^Fast\w+\.get_peft_model$/, ["model", "r", "target_modules", "lora_alpha", "lora_dropout"]],
  [/^(AutoModel\w*|\w+For(CausalLM|ConditionalGeneration))\.from_pretrained$/, ["pretrained_model_name_or_path"]],
  [/^prepare_model_for_kbit_training$/, ["model", "use_gradient_checkpointing", "gradient_checkpointing_kwargs"]],
  [/^gradient_checkpointing_enable$/, ["gradient_checkpointing_kwargs"]],
  [/Trainer$/, ["model", "args"]],
  [/Arguments$/, ["output_dir"]],
  [classOf(TRL_OBJECTIVES, "Config"), ["output_dir"]],
];

/** @param index counted from 0 */
export const argumentName = (call: string, index: number): string =>
  POSITIONS.find(([pattern]) => pattern.test(call))?.[1][index] ?? String(index + 1);
