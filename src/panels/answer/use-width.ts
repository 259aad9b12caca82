// Hooks for the width of an element and for the size in which the bars are drawn.

import { type RefObject, startTransition, useLayoutEffect, useRef, useState } from "react";
import { useIsHydrating } from "#ui/late-parts.tsx";
import { usePrinting, useIsPhone, useMedia } from "#ui/window.ts";
import type { BarShapeId } from "#charts/memory-bars.ts";

/** What A4 leaves between a browser’s margins, less what the last name of the axis overhangs, px: a page is printed before anything can be measured. */
const PAPER_WIDTH = 700;

const widthOf = (box: HTMLElement | null): number | null => {
  const found = Math.floor(box?.getBoundingClientRect().width ?? 0);
  return found > 0 ? found : null;
};

/**
 * The width of an element in whole px, on paper that of the paper: null in the static page and until the first measurement, which comes before the first paint.
 *
 * @param forerunner a selector of what stands in the page where the element will: before that is there, its own width is the best guess
 */
export const useWidth = <Box extends HTMLElement>(
  forerunner?: string,
): Readonly<{ ref: RefObject<Box | null>; width: number | null }> => {
  const ref = useRef<Box>(null);
  const isTakenOver = useIsHydrating();
  const isPrinting = usePrinting();
  const [width, setWidth] = useState(() =>
    isTakenOver || forerunner === undefined ? null : widthOf(document.querySelector<HTMLElement>(forerunner)),
  );
  useLayoutEffect(() => {
    const box = ref.current;
    if (box === null) return undefined;
    const measure = (): void => {
      const found = widthOf(box);
      if (found !== null) setWidth(found);
    };
    // What the build has drawn is seen, and may stay until the measured one is ready, in tasks of its own. An observer tells at once how wide it is.
    let isDrawn = isTakenOver;
    const observer = new ResizeObserver(() => {
      if (isDrawn) startTransition(measure);
      else measure();
      isDrawn = false;
    });
    if (!isTakenOver) measure();
    observer.observe(box);
    return () => observer.disconnect();
  }, [isTakenOver]);
  return { ref, width: isPrinting && width !== null ? PAPER_WIDTH : width };
};

/** Which drawing of the bars the window has room for, or the paper. */
export const useBarShape = (embed: boolean): BarShapeId => {
  const isDesktop = useMedia("(min-width: 1080px)");
  const isPhone = useIsPhone();
  const isPrinting = usePrinting();
  if (embed) return "embed";
  if (isPrinting) return "medium";
  if (isDesktop) return "wide";
  return isPhone ? "narrow" : "medium";
};
