import { type RefObject, useEffect, useRef } from "react";
import type { AskedSource } from "./asked-source.ts";

/** Gives the focus to a field that was asked for from a list, once the list has closed and given it back. */
export const useFocusWhenAsked = <Field extends HTMLElement>(asked: AskedSource | null): RefObject<Field | null> => {
  const field = useRef<Field>(null);
  useEffect(() => {
    if (asked === null) return undefined;
    const timer = setTimeout(() => field.current?.focus());
    return () => clearTimeout(timer);
  }, [asked]);
  return field;
};
