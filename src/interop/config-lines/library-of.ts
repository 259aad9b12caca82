import { isStackId, type StackId } from "#catalog/stacks.ts";
import { trainsFor } from "#catalog/trains-for.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ConfigLibrary } from "./config-library.ts";
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
import { TRL_0_LINES, TRL_LINES } from "./libraries/trl.ts";
import { trlLines } from "./libraries/trl-objectives.ts";
import { TRL_YAML_LINES } from "./libraries/trl-yaml.ts";
import { UNSLOTH_LINES } from "./libraries/unsloth.ts";

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

/** The library of these choices; Transformers where the name is none. TRL has a config for what a run trains for. */
export const libraryOf = ({ stack, objective }: OfLibrary): ConfigLibrary => {
  const library = LIBRARIES[isStackId(stack) ? stack : "transformers"];
  const isTrl = library === TRL_LINES || (library === TRL_0_LINES && objective !== "sft");
  return isTrl ? trlLines(objective) : library;
};

/** A library with its file, as its current version is counted. */
export type OtherLibrary = Readonly<{ stack: StackId; library: ConfigLibrary }>;

/** Files of a library that is counted as another one, or has a file of its own beside. @internal */
export const FURTHER_LIBRARIES: readonly OtherLibrary[] = [
  { stack: "trl", library: TRL_YAML_LINES },
  { stack: "transformers", library: MS_SWIFT_LINES },
];

/** The other libraries that train for the same, each once: an older version writes the same file. */
export const otherLibraries = (choices: OfLibrary): readonly OtherLibrary[] => {
  const { objective } = choices;
  const seen = new Set([libraryOf(choices).file]);
  const own = Object.keys(LIBRARIES).flatMap((stack) => {
    if (!isStackId(stack)) return [];
    const library = libraryOf({ stack, objective });
    if (seen.has(library.file)) return [];
    seen.add(library.file);
    return [{ stack, library }];
  });
  return [...own, ...FURTHER_LIBRARIES].filter(({ stack }) => trainsFor(stack, objective));
};
