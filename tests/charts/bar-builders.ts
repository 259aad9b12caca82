import { type Term, TERM_IDS, type TermId } from "#calc/model/terms.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import type { Bar, BarsData } from "#charts/memory-bars.ts";

/** A term of so many GiB, with a formula to show. */
export const term = (id: TermId, gib: number): Term => ({
  id,
  bytes: bytes(Math.round(gib * GIB)),
  formula: [
    { name: "batch", value: 2, origin: "setting" },
    " × ",
    { name: "vocab_size", value: 128256, origin: "config" },
    " × ",
    { name: "bytes", value: 0.5, origin: "constant" },
  ],
});

/** A bar of eight terms (GiB, in stack order) against a capacity. */
export const bar = (method: Bar["method"], gib: readonly number[], capacityGib: number): Bar => {
  const terms = TERM_IDS.map((id, index) => term(id, gib[index] ?? 0));
  const totalBytes = terms.reduce((total, one) => total + one.bytes, 0);
  const headroomBytes = Math.round(capacityGib * GIB) - totalBytes;
  return { method, name: method, terms, totalBytes, headroomBytes, fit: headroomBytes < 0 ? "over" : "fits" };
};

/** The picture of the design: Llama 3.1 8B against an RTX 4090. */
export const picture = (capacityGib = 23.55): BarsData => ({
  bars: [
    bar("full", [15, 0, 15, 29.9, 0, 0, 15, 0.4], capacityGib),
    bar("lora", [15, 0.2, 0.2, 0.3, 2, 7.8, 0.01, 1.3], capacityGib),
    bar("qlora", [5.3, 0.2, 0.2, 0.3, 2, 7.8, 0.01, 1.1], capacityGib),
  ],
  chosen: { label: "RTX 4090, 24 GB", bytes: capacityGib * GIB },
  others: [
    [8, 7.63],
    [12, 11.6],
    [16, 15.7],
    [32, 31.3],
    [48, 47.4],
    [80, 79.2],
    [96, 94.9],
    [141, 139.8],
    [192, 178],
  ].map(([memoryGb = 0, gib = 0]) => ({ memoryGb, label: `${memoryGb} GB`, bytes: gib * GIB })),
});
