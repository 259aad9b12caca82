import { formatGib } from "#format/bytes.ts";
import type { GpuFacts } from "#catalog/gpu-row.ts";
import { UNIFIED_MEMORY } from "#catalog/unified-memory.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { resolve } from "#scenario/choices/resolve-stack.ts";
import { METHOD_NAMES } from "./method-names.ts";

/** What a card asks for that no estimate says by itself, and the choices that follow it, where there are any to make. */
export type CardNote = Readonly<{
  id: string;
  says: string;
  action: Readonly<{ label: string; patch: Partial<Choices> }> | null;
}>;

type Subject = Readonly<{ row: GpuFacts; answer: Answer }>;

/**
 * No bf16: fp16 under autocast with a `GradScaler`, which refuses fp16 gradients, so that what is trained is fp32. A frozen base in fp16 takes what
 * it takes in bf16; full fine-tuning holds fp32 weights.
 *
 * @see torch/amp/grad_scaler.py, `_unscale_grads_` ("Attempting to unscale FP16 gradients."); transformers/training_args.py, `fp16`
 */
const withoutBf16 = ({ row, answer: { choices } }: Subject): CardNote | null => {
  if (row.bf16Supported) return null;
  const { method } = choices;
  const needed: Partial<Choices> =
    method === "full" ? { weights: "fp32", autocast: true } : { weights: "fp16", autocast: true, adapters: "fp32" };
  const resolved: Partial<Choices> = resolve(choices, method);
  const isSo = Object.entries(needed).every(([field, value]) => resolved[field as keyof Choices] === value);
  const why = `${row.shortName} has no bf16: training runs in fp16 with a loss scaler, which wants what is trained in fp32.`;
  if (isSo) return { id: "no-bf16", says: `${why} So it is counted here.`, action: null };
  const kept =
    method === "full"
      ? "Full fine-tuning then holds fp32 weights."
      : `${METHOD_NAMES[method].label} then has its base in fp16, as large as in bf16.`;
  return {
    id: "no-bf16",
    says: `${why} ${kept}`,
    action: { label: `Count it in ${needed.weights}`, patch: needed },
  };
};

/**
 * No flash kernel before compute capability 8.0, which are NVIDIA's cards without bf16. SDPA's memory-efficient kernel takes no grouped heads (as many heads
 * of keys as of queries alone), so that the math kernel is left, which keeps the scores in fp32.
 *
 * @see aten/src/ATen/native/transformers/cuda/sdp_utils.cpp, `check_sm_version`, `check_batch_size_and_num_heads_dense<false>`
 */
const withoutFlash = ({ row, answer: { choices, model } }: Subject): CardNote | null => {
  if (row.bf16Supported || row.vendor !== "NVIDIA") return null;
  const { attn } = resolve(choices, choices.method);
  const { num_attention_heads, num_key_value_heads } = model.architecture;
  const isGrouped = num_key_value_heads < num_attention_heads;
  if (attn === "eager" || attn === (isGrouped ? "math" : "sdpa")) return null;
  const lead = `FlashAttention needs a newer chip than ${row.shortName}’s.`;
  return isGrouped
    ? {
        id: "no-flash",
        says: `${lead} With the grouped heads of ${model.name}, SDPA falls to its math kernel, which keeps all scores.`,
        action: { label: "Count the math kernel", patch: { attn: "math" } },
      }
    : {
        id: "no-flash",
        says: `${lead} SDPA’s memory-efficient kernel keeps as little.`,
        action: { label: "Use SDPA", patch: { attn: "sdpa" } },
      };
};

/** @see https://docs.nvidia.com/datacenter/tesla/mig-user-guide/ : no peer access between instances, and one instance a process. */
const slice = ({ row, answer: { choices } }: Subject): CardNote | null => {
  if (row.sliceOf === undefined) return null;
  const alone = "A MIG slice is a GPU of its own: a program sees one, and slices cannot reach each other.";
  return choices.gpus === 1
    ? { id: "slice", says: `${alone} It runs on one.`, action: null }
    : {
        id: "slice",
        says: `${alone} ${choices.gpus} of them do not train together.`,
        action: { label: "Use one", patch: { gpus: 1, shard: null } },
      };
};

const onePool = ({ row, answer: { gpu } }: Subject): CardNote | null => {
  const share = gpu.basis.of === "unified" ? UNIFIED_MEMORY[row.vendor] : undefined;
  if (share === undefined) return null;
  const taken = `${formatGib(gpu.usableBytes)} of ${gpu.memoryGb} GiB, one memory for CPU and GPU.`;
  return { id: "one-pool", says: `${taken} ${share.says} Offloading gains nothing.`, action: null };
};

/** What is made for CUDA and does not run on a Mac. */
const withoutCuda = ({ row, answer: { choices } }: Subject): CardNote | null => {
  if (row.vendor !== "Apple") return null;
  const { attn } = resolve(choices, choices.method);
  const isQuantised = choices.method === "qlora";
  const missing = [...(isQuantised ? ["bitsandbytes"] : []), ...(attn === "flash" ? ["FlashAttention"] : [])];
  return {
    id: "no-cuda",
    says: [
      "On a Mac PyTorch runs on MPS; the figures are those of a CUDA card.",
      ...(missing.length === 0 ? [] : [`It has no ${missing.join(" and no ")}, made for CUDA.`]),
      ...(isQuantised ? ["4-bit weights are trained in MLX there, which is not counted here."] : []),
    ].join(" "),
    action: null,
  };
};

/** What the chosen card asks for: another number format, other kernels, what lets it have more memory. */
export const cardNotes = (row: GpuFacts, answer: Answer): readonly CardNote[] =>
  [withoutBf16, withoutFlash, slice, onePool, withoutCuda]
    .map((note) => note({ row, answer }))
    .filter((note) => note !== null);
