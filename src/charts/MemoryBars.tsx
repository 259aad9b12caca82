// Interactive memory bars by method, with selection by pointer and keyboard, and the static version.

import { type KeyboardEvent, type ReactElement, useRef, useState } from "react";
import type { TermId } from "#calc/model/terms.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { latePart } from "#ui/late-parts.tsx";
import { BAR_SHAPES, type BarShapeId, type BarsData, type BarsLayout, memoryBars } from "./memory-bars.ts";
import { BarsPicture } from "./BarsPicture.tsx";
import type { BarTooltipProps } from "./BarTooltip.tsx";
import { spokenBars, type SegmentAt, segmentForKey, type SegmentRows } from "./bar-accessibility.ts";
import styles from "./MemoryBars.module.css";

/** A term that is looked at: on one bar, or (from the table) on all. */
export type BarsSelection = Readonly<{ term: TermId; method: MethodId | null }>;

type MemoryBarsProps = Readonly<{
  data: BarsData;
  /** The room for the drawing, px. */
  width: number;
  shapeId: BarShapeId;
  /** The least axis end, GiB, while a slider is held: the axis may grow then but not shrink. 0 otherwise. */
  leastEndGib: number;
  selected: BarsSelection | null;
  onSelect: (selection: BarsSelection | null) => void;
  /** Enter or Space on a segment: show how it is computed. */
  onOpen: (at: SegmentAt) => void;
}>;

const wayOf = (layout: BarsLayout): SegmentRows =>
  layout.lanes.map(({ bar, segments }) => ({ method: bar.method, terms: segments.map(({ id }) => id) }));

const isIn = (way: SegmentRows, at: SegmentAt): boolean =>
  way.some(({ method, terms }) => method === at.method && terms.includes(at.term));

const firstOf = (way: SegmentRows): SegmentAt | null => {
  const lane = way.find(({ terms }) => terms.length > 0);
  const term = lane?.terms[0];
  return lane === undefined || term === undefined ? null : { method: lane.method, term };
};

const barTooltip = latePart<BarTooltipProps>(
  async () => (await import("./BarTooltip.tsx")).BarTooltip,
  () => null,
);

const Tooltip = ({
  layout,
  selected,
  shapeId,
}: Readonly<{ layout: BarsLayout; selected: BarsSelection; shapeId: BarShapeId }>): ReactElement | null => {
  const lane = layout.lanes.find(({ bar }) => bar.method === selected.method);
  const segment = lane?.segments.find(({ id }) => id === selected.term);
  if (lane === undefined || segment === undefined) return null;
  return (
    <barTooltip.Part segment={segment} lane={lane} barHeight={BAR_SHAPES[shapeId].barHeight} width={layout.width} />
  );
};

/**
 * The main bars: one stacked bar a method against the lines of real GPUs, as plain SVG (ADR: own SVG for the main bars). One segment is
 * reachable by Tab; arrow keys walk from there. What is selected is the caller's to keep, because the table shows it too.
 */
export const MemoryBars = (props: MemoryBarsProps): ReactElement => {
  const { data, width, shapeId, leastEndGib, selected, onSelect, onOpen } = props;
  const drawing = useRef<SVGSVGElement>(null);
  const [visited, setVisited] = useState<SegmentAt | null>(null);
  const shape = BAR_SHAPES[shapeId];
  const layout = memoryBars(data, { width, shape, leastEndGib });
  const way = wayOf(layout);
  const reachable = visited !== null && isIn(way, visited) ? visited : firstOf(way);

  const focused = (): SegmentAt | null => {
    const name = document.activeElement?.getAttribute("data-segment") ?? "";
    return drawing.current?.contains(document.activeElement) === true && visited !== null && name !== ""
      ? visited
      : null;
  };
  const events = {
    onSelect: (at: SegmentAt): void => onSelect(at),
    onVisit: (at: SegmentAt): void => {
      setVisited(at);
      onSelect(at);
    },
    // The pointer left: what has the focus, if anything, is looked at again.
    onLeave: (): void => onSelect(focused()),
  };
  const step = (event: KeyboardEvent): void => {
    if (reachable === null) return;
    const opens = event.key === "Enter" || event.key === " ";
    const next = segmentForKey(way, reachable, event.key);
    // Without this the same key press would go on to the row that takes the focus, and close it again.
    if (opens || next !== null) event.preventDefault();
    if (event.key === "Escape") onSelect(null);
    if (opens) onOpen(reachable);
    if (next === null) return;
    drawing.current?.querySelector<SVGGElement>(`[data-segment="${next.method} ${next.term}"]`)?.focus();
  };

  return (
    <svg
      ref={drawing}
      className={styles.drawing}
      width={layout.width}
      height={layout.height}
      role="toolbar"
      tabIndex={-1}
      aria-label={spokenBars(data)}
      onKeyDown={step}
      onPointerEnter={barTooltip.prefetch}
      onFocus={barTooltip.prefetch}
    >
      <BarsPicture
        layout={layout}
        shape={shape}
        reachable={reachable}
        selectedTerm={selected?.term ?? null}
        events={events}
      />
      {selected !== null && <Tooltip layout={layout} selected={selected} shapeId={shapeId} />}
    </svg>
  );
};

type StaticShapeId = Exclude<BarShapeId, "medium">;

/** Widths that the static page is drawn for: the answer column of a 1440 px window, a 390 px phone, and a frame of 640 px. */
const WIDTHS: Readonly<Record<StaticShapeId, number>> = { wide: 1032, narrow: 358, embed: 612 };

const CLASSES: Readonly<Record<StaticShapeId, string | undefined>> = {
  wide: styles.staticWide,
  narrow: styles.staticNarrow,
  embed: styles.drawing,
};

const StaticDrawing = ({ data, shapeId }: Readonly<{ data: BarsData; shapeId: StaticShapeId }>): ReactElement => {
  const shape = BAR_SHAPES[shapeId];
  const layout = memoryBars(data, { width: WIDTHS[shapeId], shape, leastEndGib: 0 });
  return (
    <svg
      className={CLASSES[shapeId]}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      height={layout.height}
      preserveAspectRatio="xMinYMin meet"
      role="img"
      aria-label={spokenBars(data)}
    >
      <BarsPicture layout={layout} shape={shape} reachable={null} selectedTerm={null} events={null} />
    </svg>
  );
};

/**
 * The bars while no width is known, as the build draws them into the static page; in the browser they are measured first. Of the page's two a media query
 * shows one.
 */
export const StaticBars = ({ data, isEmbed }: Readonly<{ data: BarsData; isEmbed: boolean }>): ReactElement =>
  isEmbed ? (
    <StaticDrawing data={data} shapeId="embed" />
  ) : (
    <>
      <StaticDrawing data={data} shapeId="wide" />
      <StaticDrawing data={data} shapeId="narrow" />
    </>
  );
