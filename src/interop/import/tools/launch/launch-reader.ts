import type { Finding } from "#interop/import/finding.ts";
import { ownName } from "#interop/import/own-name.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { quoted, wordOf } from "#interop/import/take.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { readAccelerateFlags } from "./accelerate-flags.ts";
import { readAllocator } from "./allocator-field.ts";
import { readNamedFile } from "./named-file.ts";
import { HARMLESS_OF_LAUNCHERS, readProcesses } from "./processes.ts";

const LAUNCHER = /\b(accelerate launch|torchrun|deepspeed|torch\.distributed\.(run|launch))\b/;

/** Programs that take their fields from a file. */
const OF_FILES = /^(llamafactory-cli train|axolotl train|tune run)\b/;

const commandOf = (source: Source): string => wordOf(fieldOf(source, "command")?.value ?? "");

const SCRIPT = /\S+\.py$/;

/** A script that is started, of which nothing is known here unless it is among the files. */
const readScript = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "command");
  const [script] = SCRIPT.exec(commandOf(source)) ?? [];
  if (field === undefined || script === undefined) return [];
  const sentence = `What ${quoted(script)} trains, and what its own flags mean, is not known here: import it beside this.`;
  return [{ kind: "not-modelled", field, sentence, names: ownName(script) }];
};

/** A command that starts a script or a file: over how many GPUs it goes, and how they share it. */
export const LAUNCH_READER: ToolReader = {
  id: "launch",
  name: "A launcher's command",
  stack: null,
  says: "part",
  recognises: (source) => LAUNCHER.test(commandOf(source)) || OF_FILES.test(commandOf(source)),
  read: (source, look) => {
    const own = readAccelerateFlags(source, look);
    // torchtune and Axolotl choose the way of sharing in their files.
    const shares = OF_FILES.test(commandOf(source));
    const processes = readProcesses(source, own).filter((found) => !shares || found.kind === "read");
    return [...own, ...processes, ...readNamedFile(source), ...readScript(source), ...readAllocator(source)];
  },
  harmless: HARMLESS_OF_LAUNCHERS,
};
