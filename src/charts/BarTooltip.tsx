// Tooltip of a bar segment: bytes, share and formula.

import { type ReactElement, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { formatBytes, formatGib } from "#format/bytes.ts";
import { TERM_STYLE } from "./term-style.tsx";
import { formulaNames, formulaNumbers } from "#format/formula-text.ts";
import type { Lane, Segment } from "./memory-bars.ts";
import { sharePercent } from "./bar-accessibility.ts";
import styles from "./BarTooltip.module.css";

/** A part of the window between two heights, px from its top. */
type VerticalSpan = Readonly<{ top: number; bottom: number }>;

/** Bars that stay where they are while the page scrolls. */
const STAYING = "header, aside";

/** The part of the window that no bar at its upper or lower edge lies over. */
const freeWindow = (): VerticalSpan => {
  const bars = [...document.querySelectorAll(STAYING)]
    .filter((bar) => /fixed|sticky/.test(getComputedStyle(bar).position))
    .map((bar) => bar.getBoundingClientRect());
  const isAbove = ({ top }: DOMRect): boolean => top <= 0;
  return {
    top: Math.max(0, ...bars.filter(isAbove).map(({ bottom }) => bottom)),
    bottom: Math.min(innerHeight, ...bars.filter((bar) => !isAbove(bar)).map(({ top }) => top)),
  };
};

/** Between a tooltip and what it stands beside, px. */
const GAP = 6;

/**
 * Where a tooltip begins, px from the top of the window: under its bar; over it where there is no room under it; over both where there is room for
 * neither, as far as it has to be in sight.
 *
 * @param bar from the bar's upper edge to its lower one, in the window
 * @param height of the tooltip
 * @param free the part of the window that is in sight
 */
export const tooltipTop = (bar: VerticalSpan, height: number, free: VerticalSpan): number => {
  const under = bar.bottom + GAP;
  const over = bar.top - GAP - height;
  if (under + height <= free.bottom) return under;
  return over >= free.top ? over : Math.max(free.top, Math.min(under, free.bottom - height));
};

const WIDTH = 240;
/** The box grows with its text inside this room, which catches no pointer. */
const ROOM = 260;

/** The segment looked at, and where it stands. */
export type BarTooltipProps = Readonly<{ segment: Segment; lane: Lane; barHeight: number; width: number }>;

/** Where a tooltip begins in the drawing, px from its top, as long as it is measured: it is whole in the window, wherever the page is scrolled to. */
const useTop = (box: RefObject<HTMLElement | null>, bar: Readonly<{ top: number; bottom: number }>): number => {
  const [top, setTop] = useState(bar.bottom);
  useLayoutEffect(() => {
    const place = (): void => {
      const drawing = box.current?.closest("svg")?.getBoundingClientRect();
      if (box.current === null || drawing === undefined) return;
      const inWindow = { top: drawing.top + bar.top, bottom: drawing.top + bar.bottom };
      setTop(tooltipTop(inWindow, box.current.offsetHeight, freeWindow()) - drawing.top);
    };
    place();
    const listening = new AbortController();
    for (const type of ["scroll", "resize"]) addEventListener(type, place, { signal: listening.signal, capture: true });
    return () => listening.abort();
  });
  return top;
};

/** A touch elsewhere is not one of this segment any more, also where the browser leaves the focus with it. */
const leaveWhenTouchedElsewhere = (): (() => void) => {
  const leave = ({ target }: PointerEvent): void => {
    const { activeElement } = document;
    const isSegment = activeElement instanceof SVGElement && !activeElement.contains(target as Node);
    if (isSegment) activeElement.blur();
  };
  document.addEventListener("pointerdown", leave);
  return () => document.removeEventListener("pointerdown", leave);
};

/** Bytes, share and formula of one segment: 240 px wide, under its bar, or over it where it would not be seen under it. */
export const BarTooltip = ({ segment, lane, barHeight, width }: BarTooltipProps): ReactElement => {
  const { term } = segment;
  const middle = segment.x + Math.min(segment.width, lane.endX - segment.x) / 2;
  const x = Math.max(0, Math.min(middle - WIDTH / 2, width - WIDTH));
  const box = useRef<HTMLDivElement>(null);
  const top = useTop(box, { top: lane.y, bottom: lane.y + barHeight });
  useEffect(leaveWhenTouchedElsewhere, []);
  return (
    <foreignObject className={styles.room} x={x} y={top} width={WIDTH} height={ROOM} aria-hidden="true">
      <div ref={box} className={styles.box}>
        <p className={styles.title}>
          {TERM_STYLE[term.id].label}
          <span className={styles.method}>{lane.bar.name}</span>
        </p>
        <p className={styles.figures}>
          <strong>{formatGib(term.bytes)} GiB</strong> · {sharePercent(term, lane.bar)}
        </p>
        <p className={styles.formula}>= {formulaNames(term.formula)}</p>
        <p className={styles.formula}>= {formulaNumbers(term.formula)}</p>
        <p className={styles.formula}>= {formatBytes(term.bytes)}</p>
        <p className={styles.hint}>Enter shows how it is computed</p>
      </div>
    </foreignObject>
  );
};
