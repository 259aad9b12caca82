import type { RefObject } from "react";

/** What an open list is told by the closed control that it covers. */
export type ComboboxPlace = Readonly<{
  label: string;
  /** The closed control. */
  anchor: RefObject<HTMLButtonElement | null>;
  /** What was typed on the closed control. */
  firstKey: string;
  onClose: () => void;
}>;
