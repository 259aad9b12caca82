// Accelerate's YAML beside an exported script, and the command that starts the script.

import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import {
  accelerateOptions,
  isDividedAtLoad,
  plainLaunch,
  accelerateLaunch,
} from "#interop/config-lines/hugging-face/accelerate-launch.ts";
import { type YamlEntry, yamlText, type YamlValue } from "./file-text.ts";
import { type ExportedFile, type Exporter, VERSIONS } from "./exporter.ts";
import { missingField } from "#interop/config-lines/unwritten-settings.ts";

/** Options that say how processes share a model, and the file's word for them. */
const DISTRIBUTED: Readonly<Record<string, string>> = {
  multi_gpu: "MULTI_GPU",
  use_fsdp: "FSDP",
  use_deepspeed: "DEEPSPEED",
};

/** Options that the file infers from its sections. */
const INFERRED: readonly string[] = ["use_parallelism_config"];

const valueOf = (word: string): YamlValue => {
  if (word === "true" || word === "false") return word === "true";
  return /^\d+$/.test(word) ? Number(word) : word;
};

/** In which section of the file an option stands. @see accelerate@1.15:src/accelerate/commands/launch.py, _validate_launch_command; commands/config/config_args.py */
const sectionOf = (name: string): string => {
  if (name.startsWith("fsdp_")) return "fsdp_config";
  if (name.startsWith("parallelism_config_")) return "parallelism_config";
  return name === "num_processes" ? "" : "deepspeed_config";
};

type Sections = Readonly<Record<string, Readonly<Record<string, YamlValue>>>>;

const sectionsOf = (options: readonly string[]): Sections => {
  const sections: Record<string, Record<string, YamlValue>> = {};
  for (const option of options) {
    const [name = "", word = "true"] = option.replace(/^--/, "").split(" ");
    if (Object.hasOwn(DISTRIBUTED, name) || INFERRED.includes(name)) continue;
    (sections[sectionOf(name)] ??= {})[name] = valueOf(word);
  }
  return sections;
};

const PRECISION = { bf16: "bf16", fp16: "fp16", fp32: "no" } as const;

/** DeepSpeed's section counts micro steps itself. @see accelerate@1.15:src/accelerate/utils/dataclasses.py, DeepSpeedPlugin, gradient_accumulation_steps */
const withSteps = (sections: Sections, accum: number): Sections =>
  sections["deepspeed_config"] === undefined
    ? sections
    : { ...sections, deepspeed_config: { ...sections["deepspeed_config"], gradient_accumulation_steps: accum } };

const distributedType = (options: readonly string[]): string =>
  options.flatMap((option) => DISTRIBUTED[option.replace(/^--/, "")] ?? []).at(0) ?? "NO";

/** Accelerate's file: what `accelerate launch` would be told on the command line, by the same names. */
const accelerateYaml = (run: ChosenRun, head: readonly string[]): string => {
  const options = accelerateOptions(run)?.options ?? [`--num_processes ${run.choices.gpus}`];
  const { "": top = {}, ...sections } = withSteps(sectionsOf(options), run.choices.accum);
  const { compute, autocast } = run.resolved;
  const entries: readonly YamlEntry[] = Object.entries({
    compute_environment: "LOCAL_MACHINE",
    distributed_type: distributedType(options),
    mixed_precision: autocast ? PRECISION[compute] : "no",
    num_machines: 1,
    ...top,
    ...sections,
  }).map(([field, value]) => ({ field, value }));
  return yamlText(head, entries);
};

/** What accelerate's file is called beside a tool's own. */
export const ACCELERATE_FILE = "accelerate.yaml";

/** How a script of transformers starts: over several GPUs with accelerate's file beside it, or by itself where it divides the model. */
export const scriptStart = (run: ChosenRun): string => {
  if (isDividedAtLoad(run)) return plainLaunch(run, "train.py");
  return accelerateOptions(run) === null
    ? "python train.py"
    : `accelerate launch --config_file ${ACCELERATE_FILE} train.py`;
};

/** Accelerate's file, for a run of several GPUs or one that offloads; none where a plain script does, or one that divides the model itself. */
export const accelerateBeside = (run: ChosenRun, head: readonly string[]): readonly ExportedFile[] =>
  accelerateOptions(run) === null || isDividedAtLoad(run)
    ? []
    : [{ name: ACCELERATE_FILE, text: accelerateYaml(run, head) }];

const TOOL = "accelerate";

/** Accelerate's file by itself: how GPUs share a model. All else is the script's. */
export const ACCELERATE_YAML: Exporter = {
  name: `accelerate ${VERSIONS.accelerate}`,
  stack: null,
  settings: (run) => [
    ...accelerateLaunch(run, { tool: TOOL, script: "train.py" }),
    missingField(run, [TOOL, "expertParallel"], {
      instead: "the script loads the model with transformers’ DistributedConfig",
    }),
  ],
  start: () => `accelerate launch --config_file ${ACCELERATE_FILE} train.py`,
  files: ({ run, head }) => [{ name: ACCELERATE_FILE, text: accelerateYaml(run, head) }],
};
