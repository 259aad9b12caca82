import { type RefObject, useEffect, useRef, useState } from "react";
import { useWholePage } from "./use-printing.ts";

/** How far below the window a late panel begins to load. */
const AHEAD = "400px";

/** Whether an element has come near the window, or the whole page is wanted; once it is so, it stays so. */
export const useNear = <Box extends HTMLElement>(): Readonly<{ ref: RefObject<Box | null>; near: boolean }> => {
  const ref = useRef<Box>(null);
  const [near, setNear] = useState(false);
  const whole = useWholePage();
  if (whole && !near) setNear(true);
  useEffect(() => {
    const box = ref.current;
    if (near || box === null || typeof IntersectionObserver === "undefined") return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(box);
    return () => observer.disconnect();
  }, [near]);
  return { ref, near };
};
