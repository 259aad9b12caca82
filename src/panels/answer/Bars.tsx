// Bars panel: the memory bars of all methods against the chosen GPU.

import { type ComponentProps, type ReactElement, useMemo, useState } from "react";
import { BAR_SHAPES, type BarShapeId, barsEnd, type BarsData } from "#charts/memory-bars.ts";
import { MemoryBars, StaticBars } from "#charts/MemoryBars.tsx";
import type { SegmentAt } from "#charts/bar-accessibility.ts";
import { useMeasurements } from "#panels/measured/shown-measurements.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { hydratedPart, useIsHydrating } from "#ui/late-parts.tsx";
import spoken from "#ui/spoken.module.css";
import styles from "./Bars.module.css";
import { barsData } from "./bars-data.ts";
import { openFormula, selectTerm, useSelectedTerm, useMomentAnswer } from "./selection.ts";
import { useBarShape, useWidth } from "./use-width.ts";
import { useSliderHeld } from "#ui/SliderField.tsx";

/** The axis end that must not be undercut: the farthest one since a slider was taken, 0 when none is held. */
const useLeastEnd = (data: BarsData, shapeId: BarShapeId): number => {
  const held = useSliderHeld();
  const [least, setLeast] = useState(0);
  const end = barsEnd(data, BAR_SHAPES[shapeId].capFactor);
  const next = held ? Math.max(least, end) : 0;
  if (next !== least) setLeast(next);
  return next;
};

/** Formulas are those of the method in focus, so the segment's method comes into focus first. */
const openSegment = ({ method, term }: SegmentAt): void => {
  changeChoices({ method });
  openFormula(term);
};

/** Stands for what is in the page already, and has React leave that alone. */
const AS_DRAWN = { __html: "" };

/**
 * The bars until the first measurement. The build draws them for usual widths; in the browser what it has drawn stays as it is, to be replaced a moment
 * later, and what is drawn anew is measured before it is seen.
 */
const Unmeasured = (props: ComponentProps<typeof StaticBars>): ReactElement => {
  const isDrawn = useIsHydrating();
  if (import.meta.env.SSR)
    return (
      <div>
        <StaticBars {...props} />
      </div>
    );
  return isDrawn ? <div suppressHydrationWarning dangerouslySetInnerHTML={AS_DRAWN} /> : <div />;
};

/** With what was measured under it. An embed is too small for it: its cards say the same. */
const BarsLegend = hydratedPart(async () => (await import("./BarsLegend.tsx")).BarsLegend);

/** The main picture: one stacked bar a method against the lines of real GPUs. */
export const Bars = (): ReactElement => {
  const answer = useMomentAnswer();
  const gpus = useScenario((state) => state.catalog.gpus);
  const selected = useSelectedTerm();
  const shapeId = useBarShape(answer.choices.embed);
  const { ref, width } = useWidth<HTMLDivElement>("#bars > div");
  const measured = useMeasurements(answer.choices);
  const data = useMemo(() => barsData(answer, gpus, measured), [answer, gpus, measured]);
  const leastEndGib = useLeastEnd(data, shapeId);
  return (
    <figure id="bars" className={styles.bars} data-shape={width === null && shapeId !== "embed" ? undefined : shapeId}>
      <figcaption className={spoken.spoken}>Memory on the card, GiB, by component</figcaption>
      <div ref={ref}>
        {width === null ? (
          <Unmeasured data={data} isEmbed={shapeId === "embed"} />
        ) : (
          <MemoryBars
            data={data}
            width={width}
            shapeId={shapeId}
            leastEndGib={leastEndGib}
            selected={selected}
            onSelect={selectTerm}
            onOpen={openSegment}
          />
        )}
      </div>
      {!answer.choices.embed && <BarsLegend />}
    </figure>
  );
};
