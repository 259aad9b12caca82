// Every training library with its defaults, in the order in which the page offers them.

import type { StackRow } from "./stack-row.ts";
import { ARTICLE } from "./stacks/article.ts";
import { AXOLOTL } from "./stacks/axolotl.ts";
import { DEEPSPEED } from "./stacks/deepspeed.ts";
import { FMS_ACCELERATION, FMS_ACCELERATION_4_45 } from "./stacks/fms-acceleration.ts";
import { FSDP_QLORA } from "./stacks/fsdp-qlora.ts";
import { LIT_GPT_2023, LITGPT, LITGPT_0_4 } from "./stacks/litgpt.ts";
import { LLAMA_FACTORY } from "./stacks/llama-factory.ts";
import { PLAIN, PLAIN_TORCH } from "./stacks/plain.ts";
import { TORCHTUNE, TORCHTUNE_0_1, TORCHTUNE_COMPILED } from "./stacks/torchtune.ts";
import { TORCHTITAN } from "./stacks/torchtitan.ts";
import { TRANSFORMERS, TRANSFORMERS_4_45, TRANSFORMERS_4_46 } from "./stacks/transformers.ts";
import { TRL, TRL_0_11, TRL_0_13, TRL_0_21, TRL_0_24, TRL_1_14, TRL_1_9 } from "./stacks/trl.ts";
import { UNSLOTH, UNSLOTH_2024, UNSLOTH_2025, UNSLOTH_2025_10 } from "./stacks/unsloth.ts";

const CURRENT = {
  transformers: TRANSFORMERS,
  trl: TRL,
  unsloth: UNSLOTH,
  axolotl: AXOLOTL,
  "llama-factory": LLAMA_FACTORY,
  torchtune: TORCHTUNE,
  litgpt: LITGPT,
  deepspeed: DEEPSPEED,
  torchtitan: TORCHTITAN,
  "fsdp-qlora": FSDP_QLORA,
  plain: PLAIN,
  "plain-torch": PLAIN_TORCH,
  "fms-acceleration": FMS_ACCELERATION,
  "torchtune-compiled": TORCHTUNE_COMPILED,
} as const satisfies Readonly<Record<string, StackRow>>;

const OLDER = {
  "transformers-4.46": TRANSFORMERS_4_46,
  "transformers-4.45": TRANSFORMERS_4_45,
  "trl-1.14": TRL_1_14,
  "trl-1.9": TRL_1_9,
  "trl-0.24": TRL_0_24,
  "trl-0.21": TRL_0_21,
  "trl-0.13": TRL_0_13,
  "trl-0.11": TRL_0_11,
  "fms-acceleration-4.45": FMS_ACCELERATION_4_45,
  "torchtune-0.1": TORCHTUNE_0_1,
  "litgpt-0.4": LITGPT_0_4,
  "unsloth-2025.10": UNSLOTH_2025_10,
  "unsloth-2025": UNSLOTH_2025,
  "unsloth-2024": UNSLOTH_2024,
  "lit-gpt-2023": LIT_GPT_2023,
} as const satisfies Readonly<Record<string, StackRow>>;

const ACCOUNTING = { article: ARTICLE } as const satisfies Readonly<Record<string, StackRow>>;

/** What each training library does by default, by the names of a link's `stack` key, in the order in which they are offered. */
export const STACKS = { ...CURRENT, ...OLDER, ...ACCOUNTING } as const;

/** The name of a stack. */
export type StackId = keyof typeof STACKS;

// Object.keys of a record with a closed set of keys gives those keys; its type cannot say so.
export const STACK_IDS = Object.keys(STACKS) as readonly StackId[];

/** Under which headings they are offered. */
export const STACK_GROUPS: readonly Readonly<{ label: string; rows: Readonly<Record<string, StackRow>> }>[] = [
  { label: "Current", rows: CURRENT },
  { label: "Older versions", rows: OLDER },
  { label: "Accounting", rows: ACCOUNTING },
];

/** Whether a link's `stack` names one. */
export const isStackId = (value: string): value is StackId => Object.hasOwn(STACKS, value);
