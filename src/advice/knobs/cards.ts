import { boxWords, candidateWords } from "#advice/card-words.ts";
import type { Knob } from "#advice/knob.ts";
import { largerCounts, onSeveral, severalWords } from "#advice/on-several.ts";
import { cardCandidates, isSmaller } from "#advice/smallest-gpu.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatCount } from "#format/count.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** A change of cards, and what all of them have together: less is cheaper. */
export type CardKnob = Readonly<{ knob: Knob; totalBytes: number }>;

/** Two machines: more is no small change. */
const MOST_CARDS = 16;

/** How the rows of an update are kept, or what becomes of them: each card has its own micro batch. */
const rowsOn = ({ batch, accum, gpus }: Choices, count: number): Readonly<{ accum: number; says: string }> => {
  const next = (accum * gpus) / count;
  if (Number.isInteger(next))
    return { accum: next, says: `Accumulation ${formatCount(accum)} to ${formatCount(next)}.` };
  return { accum, says: `An update takes ${formatCount(batch * accum * count)} rows then.` };
};

/** More of the chosen card, the fewest first. */
export const moreCards = (choices: Choices, catalog: Catalog): readonly CardKnob[] => {
  const { usableBytes } = answerGpu(choices.gpu, catalog);
  const counts = largerCounts(choices, catalog).filter((count) => count <= MOST_CARDS);
  return counts.map((count) => {
    const { accum, says } = rowsOn(choices, count);
    const title = severalWords(choices, count, catalog);
    const more =
      accum === choices.accum
        ? ` (an update takes ${formatCount(choices.batch * accum * count)} rows then)`
        : ` and accumulation ${formatCount(accum)}`;
    return {
      totalBytes: usableBytes * count,
      knob: {
        id: `gpus-${count}`,
        subject: "cards",
        title,
        phrase: `use ${title}${more}`,
        detail: says,
        price: "moreCards",
        patch: { ...onSeveral(choices, count), accum },
      },
    };
  });
};

/** A larger card in the place of each, the smallest first, of those that people have or rent. */
export const largerCards = ({ gpu, gpus }: Choices, catalog: Catalog): readonly CardKnob[] => {
  const { usableBytes } = answerGpu(gpu, catalog);
  return cardCandidates(catalog.gpus)
    .filter((card) => isSmaller(usableBytes, card.usableBytes))
    .map((card) => ({
      totalBytes: card.usableBytes * gpus,
      knob: {
        id: `gpu-${card.id}`,
        subject: "cards",
        title: boxWords(card, gpus),
        phrase: `use ${candidateWords(card, gpus)}`,
        price: "largerCard",
        patch: { gpu: { kind: "catalog", id: card.id } },
      },
    }));
};

/** Both, the least memory in all first; of as much, the fewest cards. */
export const hardwareKnobs = (choices: Choices, catalog: Catalog): readonly CardKnob[] =>
  [...largerCards(choices, catalog), ...moreCards(choices, catalog)].toSorted(
    (one, other) => one.totalBytes - other.totalBytes,
  );
