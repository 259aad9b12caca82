import { type RefObject, useRef, useState } from "react";
import type { Choices } from "#scenario/keys/choices.ts";
import { change, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { Apply } from "./ChangeList.tsx";

type Made = Readonly<{ title: string; choices: Choices }>;

/** How to make a change, and the one that was just made, until something else changes. */
export type UseApplied = Readonly<{
  apply: Apply;
  /** By its title; null where there is none. */
  applied: string | null;
  back: () => void;
  /** What stays when the way back goes: it takes the focus then. */
  frame: RefObject<HTMLDivElement | null>;
}>;

export const useApplied = (): UseApplied => {
  const now = useScenario(({ choices }) => choices);
  const [made, setMade] = useState<Made | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  return {
    apply: (title, patch) => {
      change(patch);
      setMade({ title, choices: useScenario.getState().choices });
    },
    applied: made !== null && made.choices === now ? made.title : null,
    back: () => {
      frame.current?.focus({ preventScroll: true });
      undo();
      setMade(null);
    },
    frame,
  };
};
