import type { Exporting } from "#interop/export/exporter.ts";
import { fieldsWithin } from "#interop/export/written.ts";
import { PLACEHOLDER } from "#interop/export/placeholders.ts";
import { argumentsOf, pythonCall, quotedText } from "./python-call.ts";

const BITS = "BitsAndBytesConfig";
const PEFT_CALL = "get_peft_model";
const KBIT_CALL = "prepare_model_for_kbit_training";

/** A script's tokenizer, and its model with the format of its base. */
export const loadedModel = ({ written, base }: Exporting): readonly (readonly string[])[] => {
  const bits = argumentsOf(fieldsWithin(written, BITS));
  const name = quotedText(base.name);
  const remark = base.placeholder === null ? "" : `  # ${PLACEHOLDER}: ${base.placeholder}`;
  return [
    [`tokenizer = AutoTokenizer.from_pretrained(${name})${remark}`],
    ...(bits.length === 0 ? [] : [pythonCall("quantization_config", BITS, bits)]),
    pythonCall("model", "AutoModelForCausalLM.from_pretrained", [
      name,
      ...argumentsOf(fieldsWithin(written, "from_pretrained")),
      ...(bits.length === 0 ? [] : ["quantization_config=quantization_config"]),
    ]),
  ];
};

/** The class of the adapters' config, if there are adapters. */
export const adapterClass = ({ run, written }: Exporting): string | undefined =>
  run.choices.method === "full"
    ? undefined
    : written.fields.find(({ within }) => /^\w+Config$/.test(within) && isPeft(within))?.within;

/** Configs of other packages. */
const OTHERS: readonly string[] = [BITS, "SFTConfig"];

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

/** What the loaded model's script imports. */
export const modelImports = (
  exporting: Exporting,
): Readonly<{ peft: readonly string[]; transformers: readonly string[] }> => {
  const isPacked = fieldsWithin(exporting.written, BITS).length > 0;
  const adapters = adapterClass(exporting);
  return {
    peft: [...(adapters === undefined ? [] : [adapters]), ...(kbitLine(exporting).length === 0 ? [] : [KBIT_CALL])],
    transformers: ["AutoModelForCausalLM", "AutoTokenizer", ...(isPacked ? [BITS] : [])],
  };
};

/** Whether a part of the script names a type of PyTorch. */
export const torchImport = ({ written }: Exporting): readonly string[] =>
  JSON.stringify(written.fields).includes('"torch.') ? ["import torch"] : [];

/** A number that AdaLoRA asks for and no choice says. */
export const stepsLine = ({ written }: Exporting): readonly string[] =>
  JSON.stringify(written.fields).includes('"max_steps"') ? [`max_steps = 1000  # ${PLACEHOLDER}`] : [];
