// Names of the export tools on the page, and the usual tool of a training library.

import type { ExportTool } from "./export-tools.ts";

/** What a tool's files are called where one is picked, in the order in which they are offered. */
export const EXPORT_NAMES: Readonly<Record<ExportTool, string>> = {
  transformers: "Transformers + PEFT, script",
  trl: "TRL, script",
  "trl-yaml": "TRL, YAML",
  unsloth: "Unsloth, script",
  axolotl: "Axolotl, YAML",
  "llama-factory": "LLaMA-Factory, YAML",
  torchtune: "torchtune, YAML",
  "ms-swift": "ms-swift, command",
  torchtitan: "torchtitan, TOML",
  deepspeed: "DeepSpeed, JSON and script",
  accelerate: "accelerate, YAML",
};

const isTool = (word: string): word is ExportTool => Object.hasOwn(EXPORT_NAMES, word);

/** The tool whose files a stack's runs have: its own, an older version's too; a script with Transformers where it has none. */
export const usualTool = (stack: string): ExportTool => {
  if (isTool(stack)) return stack;
  const own = Object.keys(EXPORT_NAMES).find((tool) => stack.startsWith(`${tool}-`));
  return own !== undefined && isTool(own) ? own : "transformers";
};
