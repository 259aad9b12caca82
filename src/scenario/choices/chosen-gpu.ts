// The chosen GPU, from the catalog or custom, with its features and usable memory.

import { usableMemory } from "#calc/card/usable-memory.ts";
import { bytes, GB, GIB } from "#calc/base/bytes.ts";
import { cardTraits, TRAITS_OF_ANY, type CardTraits } from "#catalog/gpu-support.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { GpuFacts } from "#catalog/rows.ts";
import type { AnswerGpu } from "./answer.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { spellCardMemory } from "#scenario/keys/codec/numbers.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

/** The row of an id, or the default card's where the id is not in this catalog. Every catalog holds the default card. */
const gpuRow = (id: string, { gpus }: Catalog): Readonly<{ id: string; row: GpuFacts }> => {
  const fallbackId = DEFAULT_CHOICES.gpu.kind === "catalog" ? DEFAULT_CHOICES.gpu.id : id;
  const foundId = Object.hasOwn(gpus, id) ? id : fallbackId;
  const row = gpus[foundId];
  if (row === undefined) throw new Error(`The catalog lacks the default GPU and ${id}.`);
  return { id: foundId, row };
};

/**
 * A card of the user's own. GB is the label on the box, which is read as for any card of which nothing more is known; GiB is what
 * nvidia-smi or torch report, so that it is taken as it is.
 */
const customGpu = (gpu: GpuChoice & { kind: "custom" }): AnswerGpu => {
  const name = gpu.unit === "GB" ? `${spellCardMemory(gpu)} GB` : spellCardMemory(gpu).replace("GiB", " GiB");
  const usable =
    gpu.unit === "GB"
      ? usableMemory({ memoryGb: gpu.memoryBytes / GB })
      : {
          usableBytes: bytes(Math.round(gpu.memoryBytes)),
          estimated: false,
          basis: { of: "given", amount: gpu.memoryBytes / GIB, factor: 1 } as const,
        };
  return {
    id: "custom",
    name: `Custom GPU, ${name}`,
    shortName: name,
    memoryGb: gpu.memoryBytes / GB,
    traits: TRAITS_OF_ANY,
    ...usable,
  };
};

/** The chosen card and what it offers. */
export const answerGpu = (gpu: GpuChoice, catalog: Catalog): AnswerGpu => {
  if (gpu.kind === "custom") return customGpu(gpu);
  const { id, row } = gpuRow(gpu.id, catalog);
  const { name, shortName, memoryGb } = row;
  return { id, name, shortName, memoryGb, traits: cardTraits(row), ...usableMemory(row) };
};

/** What the chosen card decides; one that the catalog does not have, or of which only the memory is known, is as most are. */
export const chosenCard = (gpu: GpuChoice, { gpus }: Pick<Catalog, "gpus">): CardTraits => {
  const row = gpu.kind === "catalog" ? gpus[gpu.id] : undefined;
  return row === undefined ? TRAITS_OF_ANY : cardTraits(row);
};
