import { readAccelerateFlags } from "#interop/import/tools/launch/accelerate-flags.ts";
import { readAllocator } from "#interop/import/tools/launch/allocator-field.ts";
import { HARMLESS_OF_LAUNCHERS, readProcesses } from "#interop/import/tools/launch/processes.ts";
import { TRL_READER } from "#interop/import/tools/trl.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";

/** TRL's scripts on a command line, with what launches them: accelerate, torchrun. */
export const TRL_COMMAND_READER: ToolReader = {
  ...TRL_READER,
  recognises: (source) => source.fields.has("command") && TRL_READER.recognises(source),
  read: (source, look) => {
    const own = [...TRL_READER.read(source, look), ...readAccelerateFlags(source, look)];
    return [...own, ...readProcesses(source, own), ...readAllocator(source)];
  },
  harmless: [...TRL_READER.harmless, ...HARMLESS_OF_LAUNCHERS],
};
