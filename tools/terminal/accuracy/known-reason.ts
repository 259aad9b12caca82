import type { MeasuredRun } from "./measured-run.ts";

/** On which side of a run its prediction is. */
export type Side = "above" | "below";

/** What keeps predictions of some runs on one side of what was measured, and where that was read. */
type Reason = Readonly<{ side: Side; holds: (run: MeasuredRun) => boolean; why: string; read: string }>;

/** A reason is what code does and the prediction does not; what was not read in code is not known. The first that holds is given. */
export const REASONS: readonly Reason[] = [
  {
    side: "above",
    holds: ({ framework, parallelism, method }) =>
      framework.startsWith("torchtune (late 2024)") && /FSDP2/.test(parallelism) && method === "full",
    why: "embeddings and head are units of their own (custom_sharded_layers); in the prediction they are gathered together, through all of backward",
    read: "pytorch/torchtune@v0.4.0:recipes/configs/llama3_1/70B_full.yaml; torchtune/training/_distributed.py, `get_shard_conditions`",
  },
  {
    side: "below",
    holds: ({ metric_class, parallelism }) => metric_class === "reserved" && /ZeRO-3/.test(parallelism),
    why: "ZeRO-3 gathers ahead and reduces on streams of their own, whose blocks the allocator keeps apart",
    read: "deepspeed/runtime/zero/partitioned_param_coordinator.py, `__allgather_stream`; c10/cuda/CUDACachingAllocator.cpp",
  },
  {
    side: "above",
    // Its compiled loss came with pull request 996, of March 2025.
    holds: ({ framework, compile, source }) => framework === "torchtitan" && compile === true && /202506/.test(source),
    why: "its loss is compiled, so that fp32 logits are never whole",
    read: "pytorch/torchtitan@8570415c:torchtitan/components/loss.py, `build_cross_entropy_loss`",
  },
  {
    side: "below",
    holds: ({ metric_class, parallelism }) =>
      ["reserved", "nvidia-smi"].includes(metric_class) &&
      /FSDP.*(CPU offload|context parallel [2-9]|TP \d)/.test(parallelism),
    why: "FSDP gathers and reduces on streams of their own, whose blocks the allocator keeps apart",
    read: "torch/distributed/fsdp/_runtime_utils.py, `_unshard_stream`, `_post_backward_stream`; fsdp/_fully_shard/_fsdp_param_group.py, `all_gather_stream`; c10/cuda/CUDACachingAllocator.cpp",
  },
  {
    side: "below",
    holds: ({ quantization, notes }) =>
      /experts too/.test(quantization ?? "") && /keeps each dequantised/.test(notes ?? ""),
    why: "bitsandbytes before 0.50 keeps every dequantised stack of experts where checkpoints run again without reentrance",
    read: "bitsandbytes-foundation/bitsandbytes PR #1999: nn/parametrize.py, `_register_parametrization_hooks`",
  },
  {
    side: "above",
    holds: ({ framework, model }) => /^axolotl/i.test(framework) && /qwen3\.5|qwen3-next/i.test(model),
    why: "its delta-rule layers run the kernels of flash-linear-attention where that is installed, which keep less than transformers' own operations, which the prediction has",
    read: "huggingface/transformers@v5.12:src/transformers/models/qwen3_5/modeling_qwen3_5.py, `chunk_gated_delta_rule`",
  },
  {
    side: "below",
    holds: ({ model }) => /gemma-3-(4b|12b|27b)/i.test(model),
    why: "its checkpoint has a vision tower, which is loaded with it; the prediction is of its text part",
    read: "huggingface/transformers@v5.12:src/transformers/models/gemma3/modeling_gemma3.py, `vision_tower`",
  },
  {
    side: "above",
    holds: ({ compile }) => compile === true,
    why: "torch.compile saves for backward the least that the rest can be made of again, so that less is saved than op by op",
    read: "torch/_functorch/partitioners.py, `min_cut_rematerialization_partition`",
  },
  {
    side: "above",
    holds: ({ framework, packed, method }) => /^litgpt/i.test(framework) && packed === false && method === "qlora",
    why: "rows have lengths of their own: what the loop holds of the row before is counted as long as the longest, of which there are few",
    read: "Lightning-AI/litgpt@26857050:litgpt/finetune/lora.py, `fit` (`logits` until the next have its name); data/base.py, `get_sft_collate_fn`",
  },
  {
    side: "below",
    holds: ({ framework, num_gpus, grad_accum }) => /^litgpt/i.test(framework) && num_gpus > 1 && (grad_accum ?? 0) > 2,
    why: "a micro step between the first and the last puts gradients together beside the whole ones of those before it; in the prediction the last is the highest",
    read: "Lightning-AI/litgpt@26857050:litgpt/finetune/full.py, `no_backward_sync`; torch/distributed/fsdp/_flat_param.py, `_get_unflat_views`; _runtime_utils.py, `_post_backward_hook`",
  },
];

/** Why the prediction of a run may be on that side of what was measured, where that is known. */
export const knownReason = (run: MeasuredRun, side: Side): string | null =>
  REASONS.find((reason) => reason.side === side && reason.holds(run))?.why ?? null;
