import type { ToolReader } from "./tool-reader.ts";
import { ACCELERATE_READER } from "./tools/accelerate.ts";
import { AXOLOTL_READER } from "./tools/axolotl.ts";
import { CONFIG_JSON_READER } from "./tools/config-json/config-json.ts";
import { TENSOR_INDEX_READER } from "./tools/config-json/tensor-index.ts";
import { DEEPSPEED_READER } from "./tools/deepspeed.ts";
import { LAUNCH_READER } from "./tools/launch/launch-reader.ts";
import { LLAMA_FACTORY_READER, NEXT_LLAMA_FACTORY_READER } from "./tools/llama-factory.ts";
import { LLAMA_FACTORY_COMMAND_READER } from "./tools/llama-factory/llama-factory-command.ts";
import { MS_SWIFT_READER } from "./tools/ms-swift/ms-swift.ts";
import { PEFT_SCRIPT_READER } from "./tools/peft/peft-script.ts";
import { PEFT_READER } from "./tools/peft/peft.ts";
import { TORCHTITAN_READER } from "./tools/torchtitan/torchtitan.ts";
import { TORCHTUNE_READER } from "./tools/torchtune.ts";
import { TUNE_COMMAND_READER } from "./tools/torchtune/own-config.ts";
import { TRAINER_COMMAND_READER } from "./tools/trainer-command/trainer-command.ts";
import { TRL_SCRIPT_READER } from "./tools/trl-script/trl-script.ts";
import { TRL_READER } from "./tools/trl.ts";
import { TRL_COMMAND_READER } from "./tools/trl/trl-command.ts";
import { UNSLOTH_READER } from "./tools/unsloth/unsloth.ts";

/** Every tool whose files are read. The first that recognises a file has it: those with fields of their own stand before those whose fields others have, too. */
export const ALL_TOOLS: readonly ToolReader[] = [
  UNSLOTH_READER,
  MS_SWIFT_READER,
  TORCHTITAN_READER,
  AXOLOTL_READER,
  LLAMA_FACTORY_COMMAND_READER,
  LLAMA_FACTORY_READER,
  NEXT_LLAMA_FACTORY_READER,
  TORCHTUNE_READER,
  TUNE_COMMAND_READER,
  PEFT_SCRIPT_READER,
  TRL_COMMAND_READER,
  TRAINER_COMMAND_READER,
  TRL_READER,
  TRL_SCRIPT_READER,
  ACCELERATE_READER,
  DEEPSPEED_READER,
  PEFT_READER,
  LAUNCH_READER,
  TENSOR_INDEX_READER,
  CONFIG_JSON_READER,
];
