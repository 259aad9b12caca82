import type { GpuChoice } from "#scenario/keys/values.ts";
import { cardMemory } from "./card-memory.ts";
import { readCatalogId } from "./catalog-id.ts";
import {
  type KeyedCodec,
  type KeyedProblem,
  type KeyedReading,
  problemsOf,
  type ReadAgainst,
  type Texts,
} from "./keyed-codec.ts";

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
