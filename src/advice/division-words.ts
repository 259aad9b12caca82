import { dividingRanks } from "#calc/model/dividing-ranks.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import { formatCount } from "#format/count.ts";
import { listed } from "#format/listed.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";

const NBSP = "\u00a0";

/** How GPUs share the work where they divide one model: "2 × tensor with sequence, 4 × data", "8 × data, experts over 4"; null where each has all of it. */
export const divisionWords = ({
  division,
  gpus,
}: Readonly<{ division?: Scenario["division"]; gpus: number }>): string | null => {
  if (division === undefined) return null;
  const { tp_size, sequence_parallel, cp_size, ulysses_size = 1, pp_size, ep_size = 1 } = division;
  const ways = [
    [tp_size, sequence_parallel ? "tensor with sequence" : "tensor"],
    [cp_size, "context"],
    [ulysses_size, "Ulysses"],
    [pp_size, "pipeline"],
    [gpus / dividingRanks(division), "data"],
  ] as const;
  const said = ways.filter(([count]) => count > 1).map(([count, way]) => `${formatCount(count)}${NBSP}×${NBSP}${way}`);
  return [...said, ...(ep_size > 1 ? [`experts over ${formatCount(ep_size)}`] : [])].join(", ");
};

type Divided = Readonly<{ method: MethodId; division?: Scenario["division"] }>;

/**
 * How GPUs share the work of several methods. Where they share out experts with some methods alone, these are named:
 * "8 × data, experts over 8 with full fine-tuning".
 */
export const methodsDivisionWords = (methods: readonly Divided[], gpus: number): string | null => {
  const shared = methods.filter(({ division }) => division?.ep_size !== undefined);
  const [said = methods[0]] = shared;
  const words = said === undefined ? null : divisionWords({ division: said.division, gpus });
  if (words === null || shared.length === 0 || shared.length === methods.length) return words;
  return `${words} with ${listed(shared.map(({ method }) => METHOD_NAMES[method].inSentence))}`;
};
