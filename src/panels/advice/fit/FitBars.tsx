import { type ReactElement, useMemo } from "react";
import type { Bar, BarsData } from "#charts/memory-bars.ts";
import { PlainBars } from "#charts/PlainBars.tsx";
import { spokenBar } from "#charts/spoken.ts";
import { atWorst } from "#panels/answer/at-worst.ts";
import { barsData } from "#panels/answer/bars-data.ts";
import { useBarShape } from "#panels/answer/use-bar-shape.ts";
import { useWidth } from "#panels/answer/use-width.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import styles from "./MakeItFit.module.css";

const named = ({ bars }: BarsData, name: string): readonly Bar[] => bars.map((bar) => ({ ...bar, name }));

/** Both bars on one axis with the chosen line; on other cards the second one is held against their line, which is dashed. */
const pairOf = (now: Answer, then: Answer, gpus: Catalog["gpus"]): BarsData => {
  const [before, after] = [barsData(atWorst(now), gpus), barsData(atWorst(then), gpus)];
  const bars = named(after, "Then");
  const { chosen } = after;
  if (now.gpu.id === then.gpu.id) return { ...before, bars: [...named(before, "Now"), ...bars] };
  return {
    ...before,
    bars: [...named(before, "Now"), ...bars.map((bar) => ({ ...bar, capacityBytes: chosen.bytes }))],
    others: [{ ...chosen, memoryGb: then.gpu.memoryGb, always: true }],
  };
};

/** "Now: 44.4 GiB on the card, 20.9 GiB over, against RTX 4090, 24 GB. Then: ..." */
const spokenPair = ({ bars, chosen, others }: BarsData): string =>
  bars
    .map((bar) => `${spokenBar(bar)}, against ${(bar.capacityBytes === undefined ? chosen : others[0])?.label}.`)
    .join(" ");

/** What the method in focus takes now, and then. The bars at the top stay the scenario's. */
export const FitBars = ({ now, then }: Readonly<{ now: Answer; then: Answer }>): ReactElement => {
  const gpus = useScenario((state) => state.catalog.gpus);
  const shapeId = useBarShape(now.choices.embed);
  const { ref, width } = useWidth<HTMLDivElement>();
  const data = useMemo(() => pairOf(now, then, gpus), [now, then, gpus]);
  return (
    <div ref={ref} className={styles.bars}>
      {width !== null && <PlainBars data={data} width={width} shapeId={shapeId} label={spokenPair(data)} />}
    </div>
  );
};
