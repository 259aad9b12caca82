import { withLauncher } from "#interop/import/tools/launch/with-launcher.ts";
import { TRL_READER } from "#interop/import/tools/trl.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";

/** TRL's scripts on a command line, with what launches them. */
export const TRL_COMMAND_READER: ToolReader = withLauncher(TRL_READER);
