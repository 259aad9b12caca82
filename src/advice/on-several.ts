import { ranksTogether } from "#calc/model/division.ts";
import type { Sharding } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/popular-catalog.ts";
import { gpuPhrase } from "#format/phrases.ts";
import { formatCount } from "#format/numbers.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { consequences } from "#scenario/choices/resolve-stack.ts";
import { GPUS_WORDS } from "#scenario/words/words.ts";

/** Two, four or eight of a machine, then whole machines of eight. */
const COUNTS = [2, 4, 8, 16, 24, 32, 48, 64, 96, 128] as const;

/** What divides weights too: with less, more cards would not help. */
const SHARDS_ALL: readonly (Sharding | null)[] = ["zero3", "fsdp1", "fsdp2"];

/** Makers whose cards FSDP and ZeRO share a model over. */
const SHARED_BY: readonly string[] = ["NVIDIA", "AMD", "Intel"];

/** The same on another number of cards, the model divided over them: by FSDP 2 unless another way to divide all is chosen. */
export const dividedOver = ({ shard }: Choices, gpus: number): Pick<Choices, "gpus" | "shard"> => ({
  gpus,
  shard: SHARDS_ALL.includes(shard) ? shard : null,
});

/** All choices on a number of cards; on the number that is chosen they stay as they are. */
export const onCount = (choices: Choices, gpus: number): Choices =>
  gpus === choices.gpus ? choices : { ...choices, ...dividedOver(choices, gpus) };

/** "16 × H100 with FSDP 2" */
export const severalWords = (choices: Choices, count: number, catalog: Catalog): string => {
  const { shortName } = answerGpu(choices.gpu, catalog);
  const cards = choices.gpu.kind === "custom" ? `${formatCount(count)} of these cards` : gpuPhrase(shortName, count);
  return `${cards} with ${GPUS_WORDS.shard.values[consequences({ ...choices, ...dividedOver(choices, count) }).shard]}`;
};

/** By how much less all ranks together may take than one card alone: what is cast to fp32 on one, as by k-bit preparation, may stay in 16 bits on ranks that share it. */
const CAST = 2;

/**
 * Whether so many cards could hold among them what each of the chosen ones takes: each needs at least its share, but for what is not cast there.
 *
 * @param onCardBytes what each of `gpus` cards takes
 */
export const couldHold = (
  count: number,
  availableBytes: number,
  { gpus, onCardBytes }: Readonly<{ gpus: number; onCardBytes: number }>,
): boolean => CAST * count * availableBytes >= gpus * onCardBytes;

/** Numbers of the chosen card that could share the model, more than are chosen; none where such cards cannot reach each other. */
export const largerCounts = (choices: Choices, catalog: Catalog): readonly number[] => {
  const { id, basis, traits } = answerGpu(choices.gpu, catalog);
  const vendor = choices.gpu.kind === "custom" ? "NVIDIA" : (catalog.gpus[id]?.vendor ?? "");
  if (basis.of === "unified" || traits.isAlone || !SHARED_BY.includes(vendor)) return [];
  const ranks = ranksTogether(chosenDivision(choices, chosenArchitecture(choices, catalog)));
  return COUNTS.filter((count) => count > choices.gpus && count % ranks === 0);
};
