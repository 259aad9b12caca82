// Configuration lines that change between two scenarios, in the file of each training library.

import { isStackId, type StackId, STACKS } from "#catalog/stacks.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import {
  type ConfigLibrary,
  isWritten,
  sameValue,
  type Setting,
  settingName,
  allocatorVariable,
  uniqueSentences,
} from "./setting.ts";
import { AXOLOTL_LINES } from "./libraries/axolotl.ts";
import { DEEPSPEED_LINES } from "./libraries/deepspeed.ts";
import { FSDP_QLORA_LINES } from "./libraries/fsdp-qlora.ts";
import { LITGPT_LINES } from "./libraries/litgpt.ts";
import { LLAMA_FACTORY_LINES } from "./libraries/llama-factory.ts";
import { MS_SWIFT_LINES } from "./libraries/ms-swift.ts";
import { PLAIN_LINES, PLAIN_TORCH_LINES } from "./libraries/plain.ts";
import { TORCHTITAN_LINES } from "./libraries/torchtitan.ts";
import { TORCHTUNE_LINES } from "./libraries/torchtune.ts";
import { TRANSFORMERS_4_LINES, TRANSFORMERS_LINES } from "./libraries/transformers.ts";
import { TRL_0_LINES, TRL_LINES, trlLines } from "./libraries/trl.ts";
import { TRL_YAML_LINES } from "./libraries/trl-yaml.ts";
import { UNSLOTH_LINES } from "./libraries/unsloth.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { chosenRun, type ChosenRun } from "./chosen-run.ts";

/** Whose lines a stack has. */
const LIBRARIES: Readonly<Record<StackId, ConfigLibrary>> = {
  transformers: TRANSFORMERS_LINES,
  trl: TRL_LINES,
  unsloth: UNSLOTH_LINES,
  axolotl: AXOLOTL_LINES,
  "llama-factory": LLAMA_FACTORY_LINES,
  torchtune: TORCHTUNE_LINES,
  litgpt: LITGPT_LINES,
  deepspeed: DEEPSPEED_LINES,
  torchtitan: TORCHTITAN_LINES,
  "fsdp-qlora": FSDP_QLORA_LINES,
  plain: PLAIN_LINES,
  "plain-torch": PLAIN_TORCH_LINES,
  "transformers-4.46": TRANSFORMERS_4_LINES,
  "transformers-4.45": TRANSFORMERS_4_LINES,
  "trl-1.14": TRL_LINES,
  "trl-1.9": TRL_LINES,
  "trl-0.24": TRL_0_LINES,
  "trl-0.21": TRL_0_LINES,
  "trl-0.13": TRL_0_LINES,
  "trl-0.11": TRL_0_LINES,
  "fms-acceleration": TRL_0_LINES,
  "fms-acceleration-4.45": TRL_0_LINES,
  "torchtune-compiled": TORCHTUNE_LINES,
  "torchtune-0.1": TORCHTUNE_LINES,
  "litgpt-0.4": LITGPT_LINES,
  "unsloth-2025.10": UNSLOTH_LINES,
  "unsloth-2025": UNSLOTH_LINES,
  "unsloth-2024": UNSLOTH_LINES,
  "lit-gpt-2023": LITGPT_LINES,
  // A rule of thumb has no file.
  article: TRANSFORMERS_LINES,
};

type OfLibrary = Pick<Choices, "stack" | "objective">;

/** The library of these choices; Transformers where the name is none. TRL has a config for what a run trains for. @internal */
export const libraryOf = ({ stack, objective }: OfLibrary): ConfigLibrary => {
  const library = LIBRARIES[isStackId(stack) ? stack : "transformers"];
  const isTrl = library === TRL_LINES || (library === TRL_0_LINES && objective !== "sft");
  return isTrl ? trlLines(objective) : library;
};

/** A library with its file, as its current version is counted. */
type OtherLibrary = Readonly<{ stack: StackId; library: ConfigLibrary }>;

/** Files of a library that is counted as another one, or has a file of its own beside. @internal */
export const FURTHER_LIBRARIES: readonly OtherLibrary[] = [
  { stack: "trl", library: TRL_YAML_LINES },
  { stack: "transformers", library: MS_SWIFT_LINES },
];

/** The other libraries that train for the same, each once: an older version writes the same file. */
const otherLibraries = (choices: OfLibrary): readonly OtherLibrary[] => {
  const { objective } = choices;
  const seen = new Set([libraryOf(choices).file]);
  const own = Object.keys(LIBRARIES).flatMap((stack) => {
    if (!isStackId(stack)) return [];
    const library = libraryOf({ stack, objective });
    if (seen.has(library.file)) return [];
    seen.add(library.file);
    return [{ stack, library }];
  });
  return [...own, ...FURTHER_LIBRARIES].filter(({ stack }) => supportsObjective(stack, objective));
};

/** What changes in a library's file. */
export type ConfigLines = Readonly<{
  /** Whose file: "TrainingArguments, Transformers", "SFTConfig, TRL", "Axolotl YAML". */
  file: string;
  /** Lines of the fields as they are before; only those that change. Empty where a field was not set before. */
  removed: readonly string[];
  added: readonly string[];
  /** For which versions the added lines hold and what has to be installed: "From transformers 4.45, with liger-kernel installed". One sentence each. */
  versions: readonly string[];
  /** Settings that change and that this library has no field for, in words: "torchtune has no field for ...". One sentence each. */
  missing: readonly string[];
}>;

/** The lines of a setting, whether or not a file has them; a table of fields takes more than one. */
const linesOf = (setting: Setting, { write }: ConfigLibrary): readonly string[] => {
  if ("within" in setting) return write(setting).split("\n");
  return "statement" in setting && setting.statement !== null ? [setting.statement] : [];
};

type Named = ReadonlyMap<string, Setting>;

const byName = (settings: readonly Setting[]): Named =>
  new Map(settings.map((setting) => [settingName(setting), setting]));

const differs = (setting: Setting, others: Named): boolean => {
  const other = others.get(settingName(setting));
  if (other === undefined) return true;
  if ("within" in setting) return !("within" in other) || !sameValue(setting.value, other.value);
  if ("statement" in setting) return !("statement" in other) || setting.statement !== other.statement;
  return !("chosen" in other) || setting.chosen !== other.chosen;
};

/** Whether a setting is in the file, or said not to be. */
const isThere = (setting: Setting): boolean => ("when" in setting ? setting.when !== "taken-back" : isWritten(setting));

/** What was there before is said again also where it is the default now: a line that goes leaves it to the library's version. */
const comes = (setting: Setting, before: Named): boolean => {
  const other = before.get(settingName(setting));
  if ("when" in setting && setting.when === "changed") return other !== undefined && differs(setting, before);
  // A default may depend on other fields: what was left to it before has to be said then.
  if (other === undefined || !isThere(other)) return isThere(setting);
  return differs(setting, before);
};

/** The lines that turn settings of a library's file into others. @internal */
export const linesBetween = (
  library: ConfigLibrary,
  were: readonly Setting[],
  are: readonly Setting[],
): ConfigLines => {
  const gone = were.filter((setting) => isWritten(setting) && differs(setting, byName(are)));
  const come = are.filter((setting) => comes(setting, byName(were)));
  return {
    file: library.file,
    removed: gone.flatMap((setting) => linesOf(setting, library)),
    added: come.flatMap((setting) => linesOf(setting, library)),
    versions: uniqueSentences(come.map((setting) => ("chosen" in setting ? undefined : setting.versions))),
    missing: uniqueSentences(come.map((setting) => ("chosen" in setting ? setting.sentence : undefined))),
  };
};

/** Which version of a library is asked for: no file says. */
const version = (choices: Choices): Setting => ({
  name: "stack",
  chosen: choices.stack,
  sentence: `It takes ${stackOf(choices).name}.`,
  when: "changed",
});

const settingsIn = (library: ConfigLibrary, choices: Choices, catalog: Catalog): readonly Setting[] => {
  const run = chosenRun(choices, catalog);
  return [version(choices), allocatorVariable(choices), ...library.settings(run), ...library.ofRun(run)];
};

/** The lines that turn one run into another in a file of a certain library. */
export const linesIn = (
  library: ConfigLibrary,
  [before, after]: readonly [before: Choices, after: Choices],
  catalog: Catalog,
): ConfigLines => linesBetween(library, settingsIn(library, before, catalog), settingsIn(library, after, catalog));

/** The lines that turn one run into another in the file of the second one's library; all of them where the first was another library's. */
export const configLines = (before: Choices, after: Choices, catalog: Catalog): ConfigLines => {
  const library = libraryOf(after);
  return library === libraryOf(before)
    ? linesIn(library, [before, after], catalog)
    : linesBetween(library, [], settingsIn(library, after, catalog));
};

/** Whether a library has no field for adapters, or for what they stand on. */
const lacksMethod = (settings: readonly Setting[]): boolean =>
  settings.some((setting) => "when" in setting && setting.when === "chosen" && setting.name === "method");

/**
 * The same in the file of every other library that has lines for it, as if it ran what the chosen one is counted with.
 *
 * @returns none that has no field for the method
 */
export const linesInOtherLibraries = (before: Choices, after: Choices, catalog: Catalog): readonly ConfigLines[] => {
  const [first, second] = [chosenRun(before, catalog), chosenRun(after, catalog)];
  return otherLibraries(after).flatMap(({ stack, library }) => {
    const settingsOf = (run: ChosenRun): readonly Setting[] => {
      const there = { ...run, choices: { ...run.choices, stack }, stack: STACKS[stack] };
      return [allocatorVariable(run.choices), ...library.settings(there), ...library.ofRun(there)];
    };
    const are = settingsOf(second);
    const lines = linesBetween(library, settingsOf(first), are);
    return lines.removed.length + lines.added.length === 0 || lacksMethod(are) ? [] : [lines];
  });
};
