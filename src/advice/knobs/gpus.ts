// Knobs that change GPUs: more of the chosen GPU, another GPU, or several of another.

import { boxWords, candidateWords, type CardCandidate } from "#advice/gpu-words.ts";
import { type Knob, updateRowsSuffix, updateRowsWords } from "./knob.ts";
import { largerCounts, dividedOver, gpuCountWords, CARD_CANDIDATES, isSmaller } from "#advice/smallest-gpu.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { capitalized } from "#format/phrases.ts";
import { formatCount } from "#format/numbers.ts";
import { chosenCard, answerGpu } from "#scenario/choices/chosen-gpu.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** A change of cards, and what all of them have together: less is cheaper. */
export type CardKnob = Readonly<{ knob: Knob; totalBytes: number }>;

/** The least memory in all first; of as much, the fewest cards. */
const leastFirst = (cards: readonly CardKnob[]): readonly CardKnob[] =>
  cards.toSorted((one, other) => one.totalBytes - other.totalBytes);

/** Two machines: more is no small change. */
const MOST_CARDS = 16;

/** Micro steps with which an update keeps its rows on so many cards, as each has its own micro batch; as many as before where none do. */
const accumOn = ({ accum, gpus }: Choices, count: number): number => {
  const next = (accum * gpus) / count;
  return Number.isInteger(next) ? next : accum;
};

/** So many of the card of some choices, in the place of those of the first; each number that can share the model. */
const onMore = (choices: Choices, gpu: Choices["gpu"], catalog: Catalog): readonly CardKnob[] => {
  const there = { ...choices, gpu };
  const { id, usableBytes } = answerGpu(gpu, catalog);
  const isOther = gpu !== choices.gpu;
  const counts = largerCounts(there, catalog).filter((count) => count <= MOST_CARDS);
  return counts.map((count) => {
    const accum = accumOn(choices, count);
    const after = { ...choices, gpus: count, accum };
    const changed = updateRowsWords(choices, after);
    const title = gpuCountWords(there, count, catalog);
    const bare = `use ${title}`;
    return {
      totalBytes: usableBytes * count,
      knob: {
        id: isOther ? `gpus-${count}-${id}` : `gpus-${count}`,
        subject: "cards",
        title,
        phrase: `${bare}${updateRowsSuffix(choices, after)}`,
        bare,
        detail: `${capitalized(changed ?? `accumulation ${formatCount(choices.accum)} to ${formatCount(accum)}`)}.`,
        price: "moreCards",
        patch: { ...(isOther ? { gpu } : {}), ...dividedOver(choices, count), accum },
      },
    };
  });
};

/** More of the chosen card, the fewest first. */
export const moreCards = (choices: Choices, catalog: Catalog): readonly CardKnob[] =>
  onMore(choices, choices.gpu, catalog);

/** What of a card decides the bytes of a run, each worth more the more it saves. */
const WORTH: readonly ((traits: CardTraits) => number)[] = [
  ({ compute }) => ["fp16", "bf16"].indexOf(compute),
  ({ sdpa }) => ["math", "efficient", "flash"].indexOf(sdpa),
  ({ flashAttention }) => Number(flashAttention),
  ({ bitsandbytes }) => Number(bitsandbytes),
  ({ triton }) => Number(triton),
];

/** Whether a card has kernels or types that the chosen one lacks, and lacks none that that has. */
const isBetter = ({ id }: CardCandidate, { gpu }: Choices, catalog: Catalog): boolean => {
  const [one, chosen] = [chosenCard({ kind: "catalog", id }, catalog), chosenCard(gpu, catalog)];
  return WORTH.every((of) => of(one) >= of(chosen)) && WORTH.some((of) => of(one) > of(chosen));
};

/** Cards for the chosen one’s place, of those that people have or rent: larger ones, and those that run it better. */
const others = (choices: Choices, catalog: Catalog): readonly CardCandidate[] => {
  const { usableBytes } = answerGpu(choices.gpu, catalog);
  return CARD_CANDIDATES.filter((card) => isSmaller(usableBytes, card.usableBytes) || isBetter(card, choices, catalog));
};

/** Several of another card, the least memory in all first: where neither more of the chosen one nor another one is enough. */
export const moreOtherCards = (choices: Choices, catalog: Catalog): readonly CardKnob[] =>
  leastFirst(others(choices, catalog).flatMap(({ id }) => onMore(choices, { kind: "catalog", id }, catalog)));

/** Another card in the place of each, the smallest first. */
export const otherCards = (choices: Choices, catalog: Catalog): readonly CardKnob[] => {
  const { gpus } = choices;
  return others(choices, catalog).map((card) => ({
    totalBytes: card.usableBytes * gpus,
    knob: {
      id: `gpu-${card.id}`,
      subject: "cards",
      title: boxWords(card, gpus),
      phrase: `use ${candidateWords(card, gpus)}`,
      price: isBetter(card, choices, catalog) ? "otherCard" : "largerCard",
      patch: { gpu: { kind: "catalog", id: card.id } },
    },
  }));
};

/** All ways to other cards: more of the chosen one or another one, the least memory in all first; then several others. */
export const hardwareKnobs = (choices: Choices, catalog: Catalog): readonly CardKnob[] => [
  ...leastFirst([...otherCards(choices, catalog), ...moreCards(choices, catalog)]),
  ...moreOtherCards(choices, catalog),
];
