import type { ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import { useFollowed } from "./follow.ts";
import { countKept, removeAll } from "./kept.ts";

type RemoveAllProps = Readonly<{
  /** Told why they could not be removed, null where they are gone. */
  done: (problem: string | null) => void;
}>;

/** Takes everything that was measured out of this browser; nothing where nothing is kept. */
export const RemoveAll = ({ done }: RemoveAllProps): ReactElement | null => {
  // What is kept is counted again whenever rows come or go.
  useFollowed();
  const count = countKept();
  if (count === 0) return null;
  return (
    <Button size="small" kind="quiet" onClick={() => done(removeAll())}>
      {count === 1 ? "Remove all (1 kept)" : `Remove all ${count} kept`}
    </Button>
  );
};
