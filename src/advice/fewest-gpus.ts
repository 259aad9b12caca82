import { once } from "#calc/base/caches.ts";
import type { Bytes } from "#calc/base/quantity.ts";
import { fitOnCard, withOnCard } from "#calc/card/fit.ts";
import type { CardUse } from "#calc/card/card-use.ts";
import { estimated, type CardFit, type MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import { cardMemoryOf, availableOn } from "#scenario/choices/card-use.ts";
import { ranksTogether } from "#calc/model/division.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { gpuPhrase } from "#format/phrases.ts";
import { gibWords } from "./card-words.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";

/** One machine has up to eight; beyond that machines are added whole. */
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 48, 64, 96, 128] as const;

/** How many cards it takes, what each holds then, and how it fits. */
type FewestGpus = Readonly<{ gpus: number; estimate: MemoryEstimate; card: CardFit }>;

/** A scenario on so many cards: what each takes, found out as far as it is asked, and the whole estimate. */
type OnCount = Readonly<{ taken: CardUse; estimate: () => MemoryEstimate }>;
type OnCounts = (gpus: number) => OnCount;

/** A scenario on 1, 2, 3 ... cards of a kind, each looked at when it is asked for and once. */
export const onCounts = (scenario: Scenario, traits: CardTraits): OnCounts => {
  const known = new Map<number, OnCount>();
  const look = (gpus: number): OnCount => {
    const estimate = estimated(ENGINE.estimate({ ...scenario, gpus }));
    const taken = cardMemoryOf({ ...scenario, gpus }, estimate.peakBytes, traits);
    return { taken, estimate: once(() => withOnCard(estimate, taken.onCard(), gpus)) };
  };
  return (gpus) => {
    const on = known.get(gpus) ?? look(gpus);
    known.set(gpus, on);
    return on;
  };
};

/**
 * The fewest cards of so much memory that a scenario goes on, tightly or better, sharded as it says. Null when 128 are too few: what every rank
 * holds whole (a unit of the model, activations, logits) does not fit.
 *
 * @param onCount of `onCounts`, so that several cards share one walk
 * @param availableBytes usable memory of one card less what is already used on it
 * @param ranks how many cards share one model or its experts (`ranksTogether`): only multiples are asked
 */
export const fewestGpus = (onCount: OnCounts, availableBytes: Bytes, ranks = 1): FewestGpus | null => {
  for (const gpus of COUNTS.filter((count) => count % ranks === 0)) {
    const on = onCount(gpus);
    if (!on.taken.goesWith(availableBytes)) continue;
    const estimate = on.estimate();
    return { gpus, estimate, card: fitOnCard(estimate, availableBytes) };
  }
  return null;
};

/** How few of the chosen cards a method goes on, where it is divided over them; null where each has all of it. */
export const fewestWords = (
  { choices, gpu }: Pick<Answer, "choices" | "gpu">,
  { method, scenario }: MethodAnswer,
): string | null => {
  const { sharding, accounting } = scenario;
  if (sharding === "none" || sharding === "ddp" || accounting === "bytes-per-parameter") return null;
  const name = METHOD_NAMES[method].label;
  const fewest = fewestGpus(
    onCounts(scenario, gpu.traits),
    availableOn(choices, gpu.usableBytes),
    ranksTogether(scenario.division),
  );
  if (fewest === null) return `${name}: no number of ${gpu.shortName} holds it; what cannot be sharded is too much.`;
  const { gpus, estimate, card } = fewest;
  const tight = card.fit === "tight" ? ", which may not be enough" : "";
  return `${name} needs at least ${gpuPhrase(gpu.shortName, gpus)}${tight}: ${gibWords(estimate.onCardBytes)}${gpus > 1 ? " each" : ""}.`;
};
