// Features that a GPU lacks for a run, and the choices to take back.

import type { MethodId } from "#calc/model/scenario.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { gpuPhrase } from "#format/phrases.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { AnswerGpu } from "./answer.ts";
import { referenceInEffect } from "./objective-settings.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenQuantization } from "./base-storage.ts";
import { resolveInEffect, effectiveChoices } from "./effective-choices.ts";
import { lossPathOf, type Resolved, stackOf } from "./resolve-stack.ts";

/** What a card lacks for a run. `patch`: the choices that ask for it, taken back; null where none would do. */
export type Lack = Readonly<{ lacks: string; patch: Partial<Choices> | null }>;

type Run = Readonly<{
  choices: Choices;
  method: MethodId;
  card: CardTraits;
  architecture: Architecture;
  /** The choices in effect. */
  held: Choices;
  resolved: Resolved;
}>;

type Check = (run: Run) => Lack | null;

const others: Check = ({ choices: { gpus }, card }) =>
  card.isAlone && gpus > 1
    ? { lacks: "slices of a card cannot reach each other", patch: { gpus: 1, shard: null } }
    : null;

const NO_BITSANDBYTES = "no bitsandbytes";

const quantisation: Check = ({ choices, method, card }) =>
  !card.bitsandbytes && method === "qlora" && chosenQuantization(choices).kind.startsWith("bnb")
    ? { lacks: NO_BITSANDBYTES, patch: null }
    : null;

/** The policy of another method may go without it. */
const reference: Check = ({ choices, method, card }) =>
  !card.bitsandbytes && referenceInEffect(choices, method) === "copy-4bit"
    ? { lacks: NO_BITSANDBYTES, patch: { ref: null } }
    : null;

const isOfBitsandbytes = (optim: string): boolean => /bnb|paged/.test(optim);

const optimizer: Check = ({ choices, card, resolved: { optim } }) => {
  if (card.bitsandbytes || !isOfBitsandbytes(optim)) return null;
  const helps = !isOfBitsandbytes(stackOf(choices).optim);
  return { lacks: NO_BITSANDBYTES, patch: helps ? { optim: null } : null };
};

const triton: Check = ({ choices, card, resolved: { loss, liger, lorakernels } }) => {
  if (card.triton) return null;
  const stack = stackOf(choices);
  const lacks = "no Triton kernels";
  if (stack.needsTriton === true) return { lacks, patch: null };
  const path = lossPathOf(stack, loss, card);
  const isInTriton = path.kind === "inplace" || (path.kind === "fused" && path.kernel !== "trl");
  const patch: Partial<Choices> = {
    ...(isInTriton && { loss: null }),
    ...(liger && { liger: null }),
    ...(lorakernels && { lorakernels: null }),
  };
  return Object.keys(patch).length > 0 ? { lacks, patch } : null;
};

const NO_FLASH = "no flash kernel";

/** Attention that a person asked for by name is counted with the kernel that it names; where the stack asks, it is the card's. */
const kernel: Check = ({ choices: { attn }, held: { cp }, card, architecture }) => {
  if (attn === "flash" && !card.flashAttention) return { lacks: NO_FLASH, patch: { attn: null } };
  if (card.sdpa === "flash") return null;
  if (cp > 1) return { lacks: `${NO_FLASH}, which a divided sequence needs`, patch: { cp: 1 } };
  const { num_attention_heads, num_key_value_heads } = architecture;
  const isGrouped = num_key_value_heads < num_attention_heads;
  return attn === "sdpa" && (card.sdpa === "math" || isGrouped) ? { lacks: NO_FLASH, patch: { attn: null } } : null;
};

/** Keys of the choices that name a type. */
const TYPED = ["compute", "weights", "grads", "adapters"] as const;

/** Types that a person asked for by name. */
const type: Check = ({ choices, method, card, resolved: { autocast } }) => {
  if (card.compute === "bf16") return null;
  const named = TYPED.filter((key) => method !== "full" || key !== "adapters");
  const inBf16 = named.filter((key) => choices[key] === "bf16");
  const trained = [method === "full" ? "weights" : "adapters", "grads"] as const;
  const inFp16 = autocast ? trained.filter((key) => choices[key] === "fp16") : [];
  if (inBf16.length + inFp16.length === 0) return null;
  return {
    lacks: inBf16.length > 0 ? "no bf16" : "no bf16, and a loss scaler refuses gradients in fp16",
    patch: Object.fromEntries([...inBf16, ...inFp16].map((key) => [key, null])),
  };
};

const CHECKS: readonly Check[] = [others, quantisation, reference, optimizer, triton, kernel, type];

/** All that the chosen card lacks to run a method as it was chosen, what matters most first. A rule of thumb asks for nothing. */
export const missingFeatures = (
  choices: Choices,
  method: MethodId,
  { card, architecture }: Readonly<{ card: CardTraits; architecture: Architecture }>,
): readonly Lack[] => {
  if (stackOf(choices).accounting === "bytes-per-parameter") return [];
  const held = effectiveChoices(choices, { architecture, method });
  const resolved = resolveInEffect(held, method, { card, architecture });
  const run = { choices, method, card, architecture, held, resolved };
  return CHECKS.map((check) => check(run)).filter((lack) => lack !== null);
};

/** What the chosen card lacks in the first place: "no flash kernel"; null where the method runs. */
export const cannotRun = (...asked: Parameters<typeof missingFeatures>): string | null =>
  missingFeatures(...asked)[0]?.lacks ?? null;

/** What a person chose against the card, all of it taken back; null where that is not enough. */
export const withoutLacks = (lacks: readonly Lack[]): Partial<Choices> | null =>
  lacks.reduce<Partial<Choices> | null>((all, { patch }) => all && patch && { ...all, ...patch }, {});

/** "cannot run on a T4: no flash kernel" */
export const cannotRunWords = (lacks: string, { shortName }: Pick<AnswerGpu, "shortName">, gpus: number): string =>
  `cannot run on ${gpuPhrase(shortName, gpus)}: ${lacks}`;
