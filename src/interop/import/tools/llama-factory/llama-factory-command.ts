import { withLauncher } from "#interop/import/tools/launch/with-launcher.ts";
import { LLAMA_FACTORY_READER } from "#interop/import/tools/llama-factory.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";

/** LLaMA-Factory's fields as flags of a command line, with what launches it. */
export const LLAMA_FACTORY_COMMAND_READER: ToolReader = withLauncher(LLAMA_FACTORY_READER);
