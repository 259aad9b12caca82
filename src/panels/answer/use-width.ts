import { type RefObject, startTransition, useLayoutEffect, useRef, useState } from "react";

/** Where boot.js hides nothing, the static page's drawing is seen, and may stay until the measured one is ready, in tasks of its own. */
const isDrawn = (): boolean => document.documentElement.dataset["answer"] === undefined;

/** The width of an element in whole px: null in the static page and until the first measurement, which comes before the first paint of anything else. */
export const useWidth = <Box extends HTMLElement>(): Readonly<{ ref: RefObject<Box | null>; width: number | null }> => {
  const ref = useRef<Box>(null);
  const [width, setWidth] = useState<number | null>(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (box === null) return undefined;
    const measure = (): void => {
      const found = Math.floor(box.getBoundingClientRect().width);
      if (found > 0) setWidth(found);
    };
    if (isDrawn()) startTransition(measure);
    else measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
};
