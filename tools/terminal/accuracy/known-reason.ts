import type { MeasuredRun } from "./measured-run.ts";

/** What is known to keep a prediction from a run, by the run's own conditions; the first that holds is given. */
const REASONS: readonly Readonly<{ holds: (run: MeasuredRun) => boolean; why: string }>[] = [
  {
    holds: ({ activation_offload }) => activation_offload === true,
    why: "activations are offloaded to the host, which is not modelled",
  },
  {
    holds: ({ quantization }) => quantization === "int8",
    why: "int8 linears are run as 4-bit ones",
  },
  {
    holds: ({ grad_checkpointing }) => typeof grad_checkpointing === "string" && !/offloaded/.test(grad_checkpointing),
    why: "only some operations or layers are checkpointed; all are in the prediction",
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
