import { useState } from "react";

/** So many are shown again at the top of the list. */
const MOST_RECENT = 4;

/** What was chosen in this visit, newest first, and the way to add to it. Nothing is stored. */
export const useRecent = (): readonly [recent: readonly string[], add: (id: string) => void] => {
  const [recent, setRecent] = useState<readonly string[]>([]);
  const add = (id: string): void =>
    setRecent((known) => [id, ...known.filter((other) => other !== id)].slice(0, MOST_RECENT));
  return [recent, add];
};
