import { DEEPSPEED_LINES } from "#interop/config-lines/libraries/deepspeed.ts";
import type { Value } from "#interop/config-lines/setting.ts";
import type { Exporter, Exporting } from "./exporter.ts";
import { deepspeedScript } from "./python/deepspeed-script.ts";
import { LEARNING_RATE } from "./placeholders.ts";
import { VERSIONS } from "./versions.ts";
import { fieldsWithin } from "./written.ts";

const FILE = "ds_config.json";

type Json = string | number | boolean | null | Readonly<{ [name: string]: Json }>;

/** Sections stand in settings as JSON. */
const jsonOf = (value: Value): Json => {
  if (typeof value === "object" && value !== null && "code" in value) return JSON.parse(value.code) as Json;
  return value as Json;
};

/** Its own optimizer asks for a rate. */
const withRate = (field: string, value: Json): Json =>
  field === "optimizer" && typeof value === "object" ? { ...value, params: { lr: LEARNING_RATE } } : value;

/** DeepSpeed's JSON, which takes no comments. @see DeepSpeed@0.19.8:deepspeed/runtime/constants.py, BFLOAT16, FP16 */
const json = ({ run, written }: Exporting): string => {
  const { compute } = run.resolved;
  const fields = fieldsWithin(written, FILE).map(({ field, value }) => [field, withRate(field, jsonOf(value))]);
  const precision = compute === "fp32" ? {} : { [compute]: { enabled: true } };
  return `${JSON.stringify({ ...Object.fromEntries(fields), ...precision }, null, 2)}\n`;
};

const start = (gpus: number): string => (gpus === 1 ? "deepspeed train.py" : `deepspeed --num_gpus ${gpus} train.py`);

/** DeepSpeed's engine around a model of transformers: its JSON, and the script that hands it over. */
export const DEEPSPEED_FILES: Exporter = {
  name: `DeepSpeed ${VERSIONS.deepspeed}, transformers ${VERSIONS.transformers}, PEFT ${VERSIONS.peft}`,
  stack: "deepspeed",
  settings: DEEPSPEED_LINES.settings,
  always: ["from_pretrained.dtype", `${FILE}.gradient_accumulation_steps`, `${FILE}.zero_optimization`],
  start: ({ choices }) => start(choices.gpus),
  files: (exporting) => [
    { name: FILE, text: json(exporting) },
    { name: "train.py", text: deepspeedScript(exporting, FILE) },
  ],
};
