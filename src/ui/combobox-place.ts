import type { RefObject } from "react";

/** What an open list is told by the closed control that it covers. */
export type ComboboxPlace = Readonly<{
  label: string;
  /** The closed control. */
  anchor: RefObject<HTMLButtonElement | null>;
  /** What is searched for, keys typed on the closed control included. */
  query: string;
  onQuery: (query: string) => void;
  onClose: () => void;
}>;
