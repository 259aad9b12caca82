import type { MomentId } from "#calc/model/memory-estimate.ts";

/** A moment of a step as it was measured: `torch.cuda.memory_allocated()` at its end, `max_memory_allocated()` within it. null: not measured. */
export type MeasuredMoment = Readonly<{ id: MomentId; liveBytes: number | null; peakBytes: number | null }>;

/**
 * What a run of a scenario's measuring script says of it: one JSON object. Figures are whole bytes of one GPU; null is "not measured". A reader refuses no
 * field that it does not know.
 */
export type MeasuredRow = Readonly<{
  /** The version of this form. */
  headroom: 1;
  /** The scenario, from its `?` on; the method that was measured is its `method`. */
  link: string;
  /** When it ended, UTC: "2026-11-29T06:00:00Z". */
  at: string;
  outcome: "ran" | "out-of-memory";
  /** PyTorch's own words when out of memory. */
  message: string | null;
  /** In which moment it was out of memory. */
  failedAt: MomentId | null;
  /** As `torch.cuda.get_device_properties` has it; null on a CPU. */
  device: Readonly<{ name: string; totalBytes: number }> | null;
  driver: string | null;
  /** Of what was imported: python, torch, transformers and others. */
  versions: Readonly<Record<string, string>>;
  /** Optimizer steps that ran. */
  steps: number;
  /** Of the second step, of its last micro step; of a run that was out of memory those that it came to. */
  moments: readonly MeasuredMoment[];
  /** `max_memory_allocated()` of the run after loading. */
  peakBytes: number | null;
  /** `max_memory_reserved()`. */
  reservedBytes: number | null;
  /** The CUDA context: at most so much, where others use the card. */
  contextBytes: number | null;
}>;
