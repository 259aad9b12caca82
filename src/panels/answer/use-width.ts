import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** The width of an element in whole px: null in the static page and until the first measurement, which comes before the first paint. */
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
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
};
