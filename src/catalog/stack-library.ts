// Library version that each row estimates, with its month, and its name in sentences.

import { type StackId, STACKS } from "./stacks.ts";

/** A version of a library: whose behavior a row estimates. */
type StackRelease = Readonly<{
  /** The library's name, without a version. */
  library: string;
  /** null: it has no releases, and its row is of a month. */
  version: string | null;
  /** The first and the last version that the row holds for, by two numbers; absent: `version`'s own. The last is null where none that is later is known otherwise. */
  holdsFor?: readonly [first: string, last: string | null];
  /** When that version came out: year and month. */
  month: `${number}-${number}`;
  /** The library does not checkpoint unless it is told to; absent: it does, or its recipes say which. */
  checkpoints?: false;
  /** Where no optimizer is named, it takes what transformers takes, which goes by the version of torch. */
  optimByTorch?: true;
}>;

/** TRL's configs have `gradient_checkpointing` of their own, on, from 0.22.0 (2025-08-29) on. Before, it is the Trainer's, which is off. */
const WITHOUT_CHECKPOINTS = { checkpoints: false } as const;

/** `adamw_torch_fused` from torch 2.8 on, else `adamw_torch`. @see transformers 4.55.4 and 5.24: training_args.py, `default_optim` */
const OPTIM_BY_TORCH = { optimByTorch: true } as const;

/**
 * The version whose behavior each row estimates; null: no library, or a loop of one's own. Kept apart from the rows because the first screen does not need it.
 *
 * Months are those of the files on PyPI (of 4.45.0 and 4.48.0 for the rows of transformers); of what has none there, of the commit that its row cites.
 *
 * @see trl 0.21.0 and 0.22.0: trainer/sft_config.py, dpo_config.py, grpo_config.py, `gradient_checkpointing`
 */
export const STACK_RELEASES: Readonly<Record<StackId, StackRelease | null>> = {
  transformers: {
    library: "Transformers",
    version: "5.24",
    holdsFor: ["5.0", null],
    month: "2026-11",
    ...OPTIM_BY_TORCH,
  },
  trl: { library: "TRL", version: "1.16", holdsFor: ["1.15", null], month: "2026-10", ...OPTIM_BY_TORCH },
  unsloth: { library: "Unsloth", version: "2026.8", holdsFor: ["2025.12", null], month: "2026-08" },
  axolotl: { library: "Axolotl", version: "0.18", month: "2026-07" },
  "llama-factory": { library: "LLaMA-Factory", version: "0.9.6.dev0", month: "2026-08", ...OPTIM_BY_TORCH },
  torchtune: { library: "torchtune", version: "0.6", holdsFor: ["0.3", "0.7"], month: "2025-04" },
  litgpt: { library: "LitGPT", version: "0.5.13", holdsFor: ["0.5", null], month: "2026-06" },
  deepspeed: { library: "DeepSpeed", version: "0.19.6", month: "2026-08" },
  torchtitan: { library: "torchtitan", version: "0.2", holdsFor: ["0.1", "0.2"], month: "2025-10" },
  "fsdp-qlora": { library: "fsdp_qlora", version: null, month: "2024-03" },
  // A loop of one's own, over a model of transformers or of one's own.
  plain: null,
  "plain-torch": null,
  "fms-acceleration": { library: "FMS Acceleration", version: null, month: "2025-02" },
  "torchtune-compiled": { library: "torchtune", version: "0.6", month: "2025-04" },
  "transformers-4.46": { library: "Transformers", version: "4.48", holdsFor: ["4.46", "4.48"], month: "2025-01" },
  "transformers-4.45": { library: "Transformers", version: "4.45", holdsFor: ["4.45", "4.45"], month: "2024-09" },
  "trl-1.14": { library: "TRL", version: "1.14", holdsFor: ["1.6", "1.14"], month: "2026-09", ...OPTIM_BY_TORCH },
  "trl-1.9": { library: "TRL", version: "1.9", holdsFor: ["1.6", "1.9"], month: "2026-07", ...OPTIM_BY_TORCH },
  "trl-0.24": { library: "TRL", version: "0.24", holdsFor: ["0.22", "0.25"], month: "2025-10", ...OPTIM_BY_TORCH },
  "trl-0.21": { library: "TRL", version: "0.21", holdsFor: ["0.15", "0.21"], month: "2025-08", ...WITHOUT_CHECKPOINTS },
  "trl-0.13": { library: "TRL", version: "0.13", holdsFor: ["0.12", "0.14"], month: "2024-12", ...WITHOUT_CHECKPOINTS },
  "trl-0.11": { library: "TRL", version: "0.11", month: "2024-09", ...WITHOUT_CHECKPOINTS },
  "fms-acceleration-4.45": { library: "FMS Acceleration", version: null, month: "2024-12" },
  "torchtune-0.1": { library: "torchtune", version: "0.1", month: "2024-05" },
  "litgpt-0.4": { library: "LitGPT", version: "0.4.13", holdsFor: ["0.2", "0.4"], month: "2024-09" },
  "unsloth-2025.10": { library: "Unsloth", version: "2025.10", holdsFor: ["2025.8", "2025.10"], month: "2025-10" },
  "unsloth-2025": { library: "Unsloth", version: "2025.6", holdsFor: ["2025.3", "2025.7"], month: "2025-06" },
  "unsloth-2024": { library: "Unsloth", version: "2024.12", holdsFor: ["2024.4", "2025.2"], month: "2024-12" },
  "lit-gpt-2023": { library: "lit-gpt", version: null, month: "2023-10" },
  // A rule of thumb is no library.
  article: null,
};

/** The library whose behavior is estimated. `version`, `month`: null for a loop of one's own and for a rule of thumb. */
export type StackLibrary = Readonly<{ id: StackId; name: string; version: string | null; month: string | null }>;

/** The library of a row, with its version and month. */
export const stackLibrary = (id: StackId): StackLibrary => {
  const release = STACK_RELEASES[id];
  return release === null
    ? { id, name: STACKS[id].name, version: null, month: null }
    : { id, name: release.library, version: release.version, month: release.month };
};

/** A library as a sentence names it: "TRL 1.16 (2026-10)". */
export const stackWords = ({ name, version, month }: StackLibrary): string =>
  `${[name, version].filter((word) => word !== null).join(" ")}${month === null ? "" : ` (${month})`}`;

/** Whose behavior an estimate has: "As TRL 1.16 (2026-10) runs it."; null for a loop of one's own and for a rule of thumb, which have no version. */
export const libraryWords = (library: StackLibrary): string | null =>
  library.month === null ? null : `As ${stackWords(library)} runs it.`;
