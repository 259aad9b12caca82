import type { ToolReader } from "#interop/import/tool-reader.ts";
import { readAccelerateFlags } from "./accelerate-flags.ts";
import { readAllocator } from "./allocator-field.ts";
import { HARMLESS_OF_LAUNCHERS, readProcesses } from "./processes.ts";

/** A tool whose fields are flags of a command line, with what launches it: accelerate, torchrun, the environment. */
export const withLauncher = (tool: ToolReader): ToolReader => ({
  ...tool,
  recognises: (source) => source.fields.has("command") && tool.recognises(source),
  read: (source, look) => {
    const own = [...tool.read(source, look), ...readAccelerateFlags(source, look)];
    return [...own, ...readProcesses(source, own), ...readAllocator(source)];
  },
  harmless: [...tool.harmless, ...HARMLESS_OF_LAUNCHERS],
});
