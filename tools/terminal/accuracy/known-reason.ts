import type { MeasuredRun } from "./measured-run.ts";

/** What is known to keep a prediction from a run, by the run's own conditions; the first that holds is given. */
const REASONS: readonly Readonly<{ holds: (run: MeasuredRun) => boolean; why: string }>[] = [
  {
    holds: ({ notes }) => /re-measure/.test(notes ?? ""),
    why: "those who published it measured the same run again and got other figures: see its notes",
  },
  {
    holds: ({ quantization }) => quantization === "int8",
    why: "int8 linears are run as 4-bit ones",
  },
  {
    // recipes/configs/llama3_1/70B_full.yaml, custom_sharded_layers: ['tok_embeddings', 'output'].
    holds: ({ framework, parallelism, method }) =>
      framework.startsWith("torchtune (late 2024)") && /FSDP2/.test(parallelism) && method === "full",
    why: "embeddings and head are units of their own (custom_sharded_layers); in the prediction they are gathered together, through all of backward",
  },
  {
    holds: ({ framework, parallelism, method }) =>
      framework.startsWith("torchtune (late 2024)") && /FSDP2/.test(parallelism) && method === "qlora",
    why: "shards (25 GiB) and checkpoints (16 GiB) leave 4 GiB: embeddings and head cannot have been gathered beside them, 8 GiB, as they are in the prediction",
  },
  {
    holds: ({ framework, method, num_gpus, gpu }) =>
      framework.startsWith("torchtune 0.1") && method === "full" && num_gpus > 1 && gpu.includes("4090"),
    why: "its source has the same figure for one card without sharding, which leaves none of it to the division over four",
  },
  {
    holds: ({ framework, method, num_gpus, params_total_b }) =>
      framework.startsWith("torchtune 0.1") && method === "lora" && num_gpus > 1 && (params_total_b ?? 0) > 60,
    why: "checkpoints of 4 × 4,096 tokens (20 GiB) and shards (16 GiB) alone are more than was measured: it cannot have been run with them",
  },
  {
    // c10/cuda/CUDACachingAllocator.cpp, as below; deepspeed/runtime/zero/partitioned_param_coordinator.py, `__allgather_stream`.
    holds: ({ metric_class, parallelism }) => metric_class === "reserved" && /ZeRO-3/.test(parallelism),
    why: "ZeRO-3 gathers ahead and reduces on streams of their own, whose blocks the allocator keeps apart; with DeepSpeed’s own bucket (5 × 10⁸ elements), not the one accelerate sets, gradients take 1 GB more",
  },
  {
    // torchtitan/components/loss.py: rescale_accumulated_loss, torch.compile of the loss (pytorch/torchtitan pull request 996, of early 2025).
    holds: ({ framework, compile, source }) => framework === "torchtitan" && compile === true && /202506/.test(source),
    why: "its loss is compiled, so that fp32 logits are never whole: 7 GiB less for each row of 8,192 tokens in the same library’s own measurement (pull request 996)",
  },
  {
    holds: ({ metric_class, parallelism }) => metric_class === "reserved" && /\bTP \d/.test(parallelism),
    why: "FSDP's streams keep blocks of their own, as in its source's runs without tensor parallelism (10 to 11 % too low), and tokens are gathered for every block of a layer: with async TP, which does without, the run reserved 67.6 GiB",
  },
  {
    // c10/cuda/CUDACachingAllocator.cpp: a free block serves the stream it was made for alone.
    holds: ({ metric_class, parallelism }) => metric_class === "reserved" && /FSDP/.test(parallelism),
    why: "FSDP gathers and reduces on streams of their own, whose blocks the allocator keeps apart: what is reserved is nearer to the sum of each stream's peak",
  },
  {
    // pytorch/torchtune pull request 961.
    holds: ({ framework, num_gpus }) => framework.startsWith("torchtune 0.1") && num_gpus === 1,
    why: "others who ran a recipe of torchtune 0.1 again on such a card measured up to a tenth less than it published",
  },
  {
    holds: ({ compile }) => compile === true,
    why: "torch.compile fuses operations, so that less is saved than op by op",
  },
  {
    holds: ({ parallelism }) => /offload/i.test(parallelism) && !/no offload/i.test(parallelism),
    why: "copies on their way between host and card are counted for one unit at a time",
  },
  {
    holds: ({ framework, num_gpus }) => framework.startsWith("torchtune 0.1") && num_gpus > 1,
    why: "the first torchtune wrapped and loaded its models in its own way, which is not modelled",
  },
  {
    holds: ({ framework, num_gpus }) => /^lit-?gpt/i.test(framework) && num_gpus > 1,
    why: "LitGPT's peak has what loading takes, and a copy of a tied head, in it",
  },
  {
    holds: ({ metric_class }) => metric_class === "unknown" || metric_class === "dashboard",
    why: "the source does not name its tool, so cache and context are a guess",
  },
  {
    holds: ({ metric_class }) => metric_class === "reserved" || metric_class === "nvidia-smi",
    why: "what the allocator keeps beside what it has given out is a median of measured pairs",
  },
];

/** Why the prediction of a run may be off, where that is known. */
export const knownReason = (run: MeasuredRun): string | null => REASONS.find(({ holds }) => holds(run))?.why ?? null;
