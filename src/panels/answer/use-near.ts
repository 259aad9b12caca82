import { type RefObject, useEffect, useRef, useState } from "react";

/** How far below the window a late panel begins to load. */
const AHEAD = "400px";

/** Whether an element has come near the window; once it has, it stays so. */
export const useNear = <Box extends HTMLElement>(): Readonly<{ ref: RefObject<Box | null>; near: boolean }> => {
  const ref = useRef<Box>(null);
  const [near, setNear] = useState(false);
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
