// Frame of the comparison; its columns load with the first pinned scenario.

import { type ReactElement, useEffect, useRef } from "react";
import { useScenario } from "#scenario/page/store.ts";
import { latePart } from "#ui/late-parts.tsx";

const CompareColumns = latePart(async () => (await import("./CompareColumns.tsx")).CompareColumns).Part;

/** Scenarios side by side, as soon as one is held beside the page's own; it comes into view when one more is. */
export const Compare = (): ReactElement | null => {
  const count = useScenario(({ pinned }) => pinned.length);
  const section = useRef<HTMLElement>(null);
  const before = useRef(count);
  useEffect(() => {
    if (count > before.current) section.current?.scrollIntoView({ block: "nearest" });
    before.current = count;
  }, [count]);
  return count === 0 ? null : (
    <section id="compare" ref={section} aria-label="Scenarios compared">
      <CompareColumns />
    </section>
  );
};
