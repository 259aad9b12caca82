// The keys `gpu` and `vram`: a catalog GPU, or a custom one with its memory.

import {
  type Codec,
  unreadable,
  type KeyedCodec,
  type KeyedProblem,
  type KeyedReading,
  problemsOf,
  type ReadAgainst,
  type Texts,
} from "./codec.ts";
import { clamp, parseNumber, CARD_UNIT_BYTES, type CardMemory, spellCardMemory } from "./numbers.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { readCatalogId } from "./model-choice.ts";

const UNIT = /(gib|gb)?$/i;

/** What a card can have, in the unit it is given in. */
const CARD_MEMORY_RANGE = { min: 1, max: 100_000 } as const;

/** Memory as on the box (`24`, GB of 10^9 B) or as a driver reports it (`24GiB`). */
const cardMemory: Codec<CardMemory> = {
  encode: spellCardMemory,
  decode: (text) => {
    const word = text.trim();
    const suffix = UNIT.exec(word)?.[0] ?? "";
    const number = parseNumber(word.slice(0, word.length - suffix.length));
    if (number === null) return unreadable("not-a-number", "is not a memory size such as 24 or 24GiB");
    const unit = suffix.toLowerCase() === "gib" ? "GiB" : "GB";
    const { value = number, problems } = clamp(number, CARD_MEMORY_RANGE);
    return { value: { memoryBytes: Math.round(value * CARD_UNIT_BYTES[unit]), unit }, problems };
  },
};

const decodeCustom = (vram: string | undefined): KeyedReading<GpuChoice> => {
  if (vram === undefined) {
    return { problems: [{ key: "gpu", code: "missing-field", why: "needs vram (such as 24 or 24GiB) beside it" }] };
  }
  const { value, problems } = cardMemory.decode(vram);
  const all = problemsOf("vram", problems);
  return value === undefined ? { problems: all } : { value: { kind: "custom", ...value }, problems: all };
};

const STRAY: KeyedProblem = { key: "vram", code: "ignored-here", why: "belongs to gpu=custom alone" };

const decode = (texts: Texts, { catalog }: ReadAgainst): KeyedReading<GpuChoice> => {
  const gpu = texts["gpu"];
  if (gpu?.trim().toLowerCase() === "custom") return decodeCustom(texts["vram"]);
  const stray = texts["vram"] === undefined ? [] : [STRAY];
  if (gpu === undefined) return { problems: stray };
  const { value, problems } = readCatalogId(gpu, catalog?.gpus ?? null, "a GPU");
  const all = [...problemsOf("gpu", problems), ...stray];
  return value === undefined ? { problems: all } : { value: { kind: "catalog", id: value }, problems: all };
};

/** The card: `gpu`, and for a custom one its `vram`. */
export const gpuChoice: KeyedCodec<GpuChoice> = {
  keys: ["gpu", "vram"],
  encode: (gpu) => (gpu.kind === "catalog" ? { gpu: gpu.id } : { gpu: "custom", vram: cardMemory.encode(gpu) }),
  decode,
};
