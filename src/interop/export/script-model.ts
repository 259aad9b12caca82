// Python code that loads the base model, its reference, and its adapters in an exported script.

import { TRL_CONFIGS } from "#interop/config-lines/libraries/trl.ts";
import { heldReference } from "#interop/config-lines/unwritten-settings.ts";
import { TORCH_TYPES } from "#interop/config-lines/setting.ts";
import { type Exporting, PLACEHOLDER, PLACEHOLDERS, fieldsWithin } from "./exporter.ts";
import { argumentsOf, importLine, pythonCall, quotedText } from "./file-text.ts";

/** What `from_pretrained` is handed, and its class of transformers: the format of a base, GPUs that divide the model. */
const HANDED = [
  ["quantization_config", "BitsAndBytesConfig"],
  ["distributed_config", "DistributedConfig"],
] as const;

const PEFT_CALL = "get_peft_model";
const KBIT_CALL = "prepare_model_for_kbit_training";

/** Those of which the script says something. */
const handedConfigs = (written: Exporting["written"]): readonly (typeof HANDED)[number][] =>
  HANDED.filter(([, callee]) => fieldsWithin(written, callee).length > 0);

/** The call that loads the model under a name. @param handed further arguments */
const modelCall = ({ written, base }: Exporting, target: string, handed: readonly string[]): readonly string[] =>
  pythonCall(target, "AutoModelForCausalLM.from_pretrained", [
    quotedText(base.name),
    ...argumentsOf(fieldsWithin(written, "from_pretrained")),
    ...handed,
  ]);

const REFERENCE = "ref_model";

/** How a reference in 4 bits is packed. */
const packing = ({ run: { choices, resolved } }: Exporting): readonly string[] => [
  "load_in_4bit=True",
  'bnb_4bit_quant_type="nf4"',
  ...(choices.dq ? ["bnb_4bit_use_double_quant=True"] : []),
  `bnb_4bit_compute_dtype=torch.${TORCH_TYPES[resolved.compute]}`,
];

/** Another model as the reference: whole, or packed. */
export const referenceModel = (exporting: Exporting): readonly (readonly string[])[] => {
  const beside = heldReference(exporting.run.choices);
  switch (beside) {
    case null:
      return [];
    case "copy":
      return [modelCall(exporting, REFERENCE, [])];
    case "copy-4bit":
      return [
        pythonCall("ref_quantization_config", "BitsAndBytesConfig", packing(exporting)),
        modelCall(exporting, REFERENCE, ["quantization_config=ref_quantization_config"]),
      ];
    default:
      return beside satisfies never;
  }
};

/** A script's tokenizer, and its model with the format of its base and how it is divided. */
export const loadedModel = (exporting: Exporting): readonly (readonly string[])[] => {
  const { written, base } = exporting;
  const handed = handedConfigs(written);
  const model = quotedText(base.name);
  const remark = base.placeholder === null ? "" : `  # ${PLACEHOLDER}: ${base.placeholder}`;
  return [
    [`tokenizer = AutoTokenizer.from_pretrained(${model})${remark}`],
    ...handed.map(([name, callee]) => pythonCall(name, callee, argumentsOf(fieldsWithin(written, callee)))),
    modelCall(
      exporting,
      "model",
      handed.map(([name]) => `${name}=${name}`),
    ),
  ];
};

/** The class of the adapters' config, if there are adapters. */
export const adapterClass = ({ run, written }: Exporting): string | undefined =>
  run.choices.method === "full"
    ? undefined
    : written.fields.find(({ within }) => /^\w+Config$/.test(within) && isPeft(within))?.within;

/** Configs of other packages. */
const OTHERS: readonly string[] = [...HANDED.map(([, callee]) => callee), ...TRL_CONFIGS];

const isPeft = (within: string): boolean => !OTHERS.includes(within);

/** The config of the adapters. Causal language models are what is trained. */
export const adapterConfig = (exporting: Exporting): readonly string[] => {
  const name = adapterClass(exporting);
  if (name === undefined) return [];
  const fields = fieldsWithin(exporting.written, name);
  const task = fields.some(({ field }) => field === "task_type") ? [] : ['task_type="CAUSAL_LM"'];
  return pythonCall("peft_config", name, [...argumentsOf(fields), ...task]);
};

/** The call that prepares a quantised base, if it is prepared. */
export const kbitLine = ({ written }: Exporting): readonly string[] => {
  const line = written.statements.get(KBIT_CALL);
  return line === undefined ? [] : [line];
};

/** The call that puts adapters in. */
export const adaptedModel = (exporting: Exporting): readonly string[] =>
  adapterClass(exporting) === undefined
    ? []
    : pythonCall("model", PEFT_CALL, [
        "model",
        "peft_config",
        ...argumentsOf(fieldsWithin(exporting.written, PEFT_CALL)),
      ]);

/** Whether a part of the script names a type of PyTorch. */
const namesTorch = ({ written }: Exporting): boolean => JSON.stringify(written.fields).includes('"torch.');

/** What a script imports beside what all of them do. */
type OwnImports = Readonly<{
  /** Above all others but PyTorch. */
  first?: readonly string[];
  /** Whether a line of its own names PyTorch. */
  torch?: boolean;
  /** Whether it puts adapters in itself. */
  adapts: boolean;
  /** The lines under those of PEFT. @param transformers names that the loaded model takes of transformers */
  last: (transformers: readonly string[]) => readonly string[];
}>;

/** What a script with a model of transformers and PEFT imports. */
export const scriptImports = (
  exporting: Exporting,
  { first = [], torch = false, adapts, last }: OwnImports,
): readonly string[] => {
  const config = adapterClass(exporting);
  const peft = [
    ...(config === undefined ? [] : [config]),
    ...(kbitLine(exporting).length === 0 ? [] : [KBIT_CALL]),
    ...(adapts ? [PEFT_CALL] : []),
  ];
  const handed = new Set<string>(handedConfigs(exporting.written).map(([, callee]) => callee));
  const handsReference = exporting.written.fields.some(({ field }) => field === REFERENCE);
  if (handsReference && heldReference(exporting.run.choices) === "copy-4bit") handed.add("BitsAndBytesConfig");
  return [
    ...first,
    ...(torch || namesTorch(exporting) ? ["import torch"] : []),
    ...importLine("datasets", ["load_dataset"]),
    ...importLine("peft", peft),
    ...last(["AutoModelForCausalLM", "AutoTokenizer", ...handed]),
  ];
};

/** A number that AdaLoRA asks for and no choice says. */
export const stepsLine = ({ written }: Exporting): readonly string[] =>
  JSON.stringify(written.fields).includes('"max_steps"') ? [`max_steps = 1000  # ${PLACEHOLDER}`] : [];

/** A token to pad with, for models that have none of their own. */
export const PADDED: readonly string[] = [
  "if tokenizer.pad_token is None:",
  "    tokenizer.pad_token = tokenizer.eos_token",
];

/** Rows of text as tokens, cut where the tokenizer cuts, for what pads batches and makes no tokens itself. */
export const tokenRows = ({ written }: Pick<Exporting, "written">): readonly string[] => [
  ...PADDED,
  "",
  "",
  "def tokens_of(rows):",
  `    return tokenizer(rows["text"], truncation=True, ${argumentsOf(fieldsWithin(written, "tokenizer")).join(", ")})`,
  "",
  "",
  `train_dataset = load_dataset("${PLACEHOLDERS.data}", split="train")  # ${PLACEHOLDER}: rows with a "text"`,
  "train_dataset = train_dataset.map(tokens_of, batched=True, remove_columns=train_dataset.column_names)",
];
