import { availableOn } from "#scenario/choices/in-use.ts";
import { ranksTogether } from "#calc/model/dividing-ranks.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { cardWords } from "#format/card-words.ts";
import { gibWords } from "./card-words.ts";
import { fewestGpus, onCounts } from "./fewest-gpus.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";

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
  return `${name} needs at least ${cardWords(gpu.shortName, gpus)}${tight}: ${gibWords(estimate.onCardBytes)}${gpus > 1 ? " each" : ""}.`;
};
