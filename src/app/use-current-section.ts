import { useEffect, useState } from "react";
import { PAGE_SECTIONS } from "./page-sections.ts";
import { UNDER_HEADER } from "./under-header.ts";

/** A section is the current one from where its top has come under the header. */
const isReached = (id: string): boolean => {
  const panel = document.getElementById(id);
  return panel !== null && panel.getBoundingClientRect().top <= UNDER_HEADER;
};

/** At the end of the page the last section may be too low to be reached by its top. */
const isAtEnd = (): boolean => {
  const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
  return scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2;
};

const currentNow = (): string => {
  const reached = isAtEnd()
    ? PAGE_SECTIONS.at(-1)
    : PAGE_SECTIONS.findLast(({ panels }) => panels.some((id) => isReached(id)));
  return (reached ?? PAGE_SECTIONS[0])?.href ?? "";
};

/** Which section of the page is at the top of the window, by where its link leads to. */
export const useCurrentSection = (): string => {
  const [current, setCurrent] = useState(PAGE_SECTIONS[0]?.href ?? "");
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setCurrent(currentNow()));
    };
    const listening = new AbortController();
    const options = { signal: listening.signal, passive: true };
    for (const type of ["scroll", "resize"]) addEventListener(type, look, options);
    look();
    return () => {
      cancelAnimationFrame(frame);
      listening.abort();
    };
  }, []);
  return current;
};
