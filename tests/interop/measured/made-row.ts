import type { MeasuredRow } from "#interop/measure/measured-rows.ts";

/** What the engine says of `?v=1` with LoRA on an RTX 4090, moment by moment, so that a row can be made that agrees or differs in one of them. */
const MOMENTS = [
  { id: "load", liveBytes: 16_228_295_680, peakBytes: 16_228_295_680 },
  { id: "forward", liveBytes: 18_203_331_072, peakBytes: 19_880_004_096 },
  { id: "backward", liveBytes: 16_748_913_664, peakBytes: 20_304_660_480 },
  { id: "step", liveBytes: 16_748_913_664, peakBytes: 16_748_913_664 },
  { id: "zero", liveBytes: 16_581_141_504, peakBytes: 16_748_913_664 },
] as const;

/** A row for tests, made of nothing but the engine's own figures: no run was ever measured so. */
export const madeRow = (own: Partial<MeasuredRow> = {}): MeasuredRow => ({
  headroom: 1,
  link: "?v=1",
  at: "2026-11-14T06:00:00Z",
  outcome: "ran",
  message: null,
  failedAt: null,
  device: { name: "NVIDIA GeForce RTX 4090", totalBytes: 25_286_606_848 },
  driver: "580.82.07",
  versions: { python: "3.12.3", torch: "2.13.0", transformers: "5.24.0", peft: "0.21.2" },
  steps: 3,
  moments: MOMENTS,
  peakBytes: 20_304_660_480,
  reservedBytes: 21_552_431_104,
  contextBytes: 429_496_730,
  ...own,
});

/** A row that was out of memory in the backward of its first step. */
export const madeOutOfMemory = (own: Partial<MeasuredRow> = {}): MeasuredRow =>
  madeRow({
    outcome: "out-of-memory",
    message:
      "CUDA out of memory. Tried to allocate 1.96 GiB. GPU 0 has a total capacity of 23.55 GiB of which 1.02 GiB is free.",
    failedAt: "backward",
    steps: 0,
    moments: MOMENTS.slice(0, 2),
    peakBytes: 23_500_000_000,
    reservedBytes: 24_000_000_000,
    ...own,
  });

/** The made row with so many bytes more, alive and at the highest, in these moments and in its peak. */
export const madeRowWith = (bytes: number, ...ids: readonly string[]): MeasuredRow => {
  const more = Math.round(bytes);
  return madeRow({
    moments: MOMENTS.map(({ id, liveBytes, peakBytes }) =>
      ids.includes(id)
        ? { id, liveBytes: liveBytes + more, peakBytes: peakBytes + more }
        : { id, liveBytes, peakBytes },
    ),
    peakBytes: 20_304_660_480 + more,
  });
};
