// Order in which the page lists issues of a link, by their effect on the answer.

import type { LinkKey, PinnedKey } from "#scenario/keys/choices.ts";
import type { Issue } from "#scenario/keys/issues.ts";

/** Every key of a link: those first that usually decide most of the answer, those last that say how it is shown. @internal */
export const BY_EFFECT: readonly (LinkKey | PinnedKey)[] = [
  "v",
  "model",
  "params",
  "arch",
  "gpu",
  "vram",
  "gpus",
  "method",
  "show",
  "stack",
  "objective",
  "seq",
  "batch",
  "ref",
  "prompt",
  "completion",
  "fill",
  "beta",
  "kl",
  "engine",
  "gensteps",
  "generations",
  "vllm",
  "sleep",
  "teacher",
  "teacherdtype",
  "weights",
  "quant",
  "experts",
  "expertread",
  "states",
  "optim",
  "ckpt",
  "shard",
  "offload",
  "attn",
  "loss",
  "grads",
  "compute",
  "tp",
  "pp",
  "cp",
  "ulysses",
  "used",
  "selective",
  "actoffload",
  "packing",
  "alloc",
  "liger",
  "lorakernels",
  "reentrant",
  "ep",
  "lengths",
  "eval",
  "evalseq",
  "evalkeep",
  "evalbatches",
  "evalmove",
  "evallist",
  "evalgen",
  "merge",
  "saving",
  "loading",
  "resume",
  "kbit",
  "autocast",
  "adapters",
  "r",
  "targets",
  "tuner",
  "save",
  "dora",
  "dq",
  "sp",
  "dropout",
  "accum",
  "alpha",
  "b",
  "c",
  "d",
  "embed",
  "only",
  "hide",
  "lock",
  "theme",
];

const ORDER: readonly string[] = BY_EFFECT;

const UNKNOWN = ORDER.length ** 2;

/** Keys that no link has come last, those of further scenarios ("b.r") after the first one's; what is wrong with the link as a whole has no key. */
const rankOf = (key: string): number => {
  if (key === "") return -1;
  const [, letter = "", inner = ""] = /^(?:(.)\.)?(.*)$/s.exec(key) ?? [];
  const index = ORDER.indexOf(inner);
  if (index < 0) return UNKNOWN;
  return letter === "" ? index : index + ORDER.length * ORDER.indexOf(letter);
};

/** What was wrong with a link, in the order in which it matters to the answer: model and GPU, then what usually changes most bytes, then unknown keys. */
export const issuesByEffect = (issues: readonly Issue[]): readonly Issue[] =>
  issues.toSorted((one, other) => rankOf(one.key) - rankOf(other.key));
