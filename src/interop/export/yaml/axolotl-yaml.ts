import { AXOLOTL_LINES } from "#interop/config-lines/libraries/axolotl.ts";
import type { Exporter, Exporting } from "#interop/export/exporter.ts";
import { LEARNING_RATE, PLACEHOLDER, PLACEHOLDERS } from "#interop/export/placeholders.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { type YamlEntry, yamlEntry, yamlText } from "./yaml-text.ts";

const FILE = "config.yaml";

const entries = ({ base, written }: Exporting): readonly YamlEntry[] => [
  {
    field: "base_model",
    value: base.name,
    ...(base.placeholder !== null && { comment: `${PLACEHOLDER}: ${base.placeholder}` }),
  },
  { field: "datasets", value: [{ path: PLACEHOLDERS.data, type: "alpaca" }] },
  { field: "output_dir", value: PLACEHOLDERS.output, comment: PLACEHOLDER },
  ...written.fields.map(yamlEntry),
  { field: "learning_rate", value: LEARNING_RATE },
  { field: "num_epochs", value: 1 },
];

/** Axolotl's YAML. What it requires beside memory's fields: a model, data, a rate. @see axolotl@0.18.0:src/axolotl/utils/schemas/config.py */
export const AXOLOTL_YAML: Exporter = {
  name: `Axolotl ${VERSIONS.axolotl}`,
  stack: "axolotl",
  settings: AXOLOTL_LINES.settings,
  // axolotl@0.18.0:src/axolotl/utils/schemas/validation.py: two of its three fields on batches have to be set.
  always: [".gradient_accumulation_steps"],
  start: ({ choices }) =>
    `axolotl train ${FILE}${choices.gpus === 1 ? "" : ` --launcher accelerate -- --num_processes=${choices.gpus}`}`,
  files: (exporting) => [{ name: FILE, text: yamlText(exporting.head, entries(exporting)) }],
};
