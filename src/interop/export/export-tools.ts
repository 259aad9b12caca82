// Every export tool, with the exporters for DeepSpeed, ms-swift, and torchtitan.

import type { Exporter } from "./exporter.ts";
import { DEEPSPEED_FILES } from "./deepspeed-script.ts";
import { TRANSFORMERS_SCRIPT } from "./transformers-script.ts";
import { TRL_SCRIPT, TRL_YAML } from "./trl.ts";
import { UNSLOTH_SCRIPT } from "./unsloth-script.ts";
import { AXOLOTL_YAML, LLAMA_FACTORY_YAML } from "./trainer-yaml.ts";
import { ACCELERATE_YAML } from "./accelerate-yaml.ts";
import { TORCHTUNE_YAML } from "./torchtune-yaml.ts";
import { MS_SWIFT_COMMAND } from "./ms-swift-command.ts";
import { TORCHTITAN_TOML } from "./torchtitan-toml.ts";

/** Tools that a scenario is exported for, by the names that the terminal takes, in the order in which they are offered. */
export const EXPORTERS = {
  trl: TRL_SCRIPT,
  "trl-yaml": TRL_YAML,
  transformers: TRANSFORMERS_SCRIPT,
  axolotl: AXOLOTL_YAML,
  "llama-factory": LLAMA_FACTORY_YAML,
  torchtune: TORCHTUNE_YAML,
  unsloth: UNSLOTH_SCRIPT,
  "ms-swift": MS_SWIFT_COMMAND,
  deepspeed: DEEPSPEED_FILES,
  accelerate: ACCELERATE_YAML,
  torchtitan: TORCHTITAN_TOML,
} as const satisfies Readonly<Record<string, Exporter>>;

/** The name of a tool. */
export type ExportTool = keyof typeof EXPORTERS;

/** All of them. */
export const EXPORT_TOOLS = Object.keys(EXPORTERS) as readonly ExportTool[];

/** Whether a word names a tool. */
export const isExportTool = (word: string): word is ExportTool => Object.hasOwn(EXPORTERS, word);
