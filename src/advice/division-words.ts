import { dividingRanks } from "#calc/model/dividing-ranks.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { formatCount } from "#format/count.ts";

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
