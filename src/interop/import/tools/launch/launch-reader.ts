import { wordOf } from "#interop/import/take.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { readAccelerateFlags } from "./accelerate-flags.ts";
import { readAllocator } from "./allocator-field.ts";
import { HARMLESS_OF_LAUNCHERS, readProcesses } from "./processes.ts";

const LAUNCHER = /\b(accelerate launch|torchrun|deepspeed|torch\.distributed\.(run|launch))\b/;

/** A command that starts a script of one's own: over how many GPUs it goes, and how they share it. */
export const LAUNCH_READER: ToolReader = {
  id: "launch",
  name: "A launcher's command",
  stack: null,
  says: "part",
  recognises: ({ fields }) => LAUNCHER.test(wordOf(fields.get("command")?.value ?? "")),
  read: (source, look) => {
    const own = readAccelerateFlags(source, look);
    return [...own, ...readProcesses(source, own), ...readAllocator(source)];
  },
  harmless: HARMLESS_OF_LAUNCHERS,
};
