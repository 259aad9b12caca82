import { useState } from "react";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";

/** Whose lines are shown, and how to show another library's. */
export type ShownLines = Readonly<{ lines: ConfigLines; isOwn: boolean; pick: (file: string) => void }>;

/** @param all the chosen library's first: where another one is chosen, its own file stands first again @returns null where there are none */
export const useLines = (all: readonly ConfigLines[]): ShownLines | null => {
  const [picked, setPicked] = useState<Readonly<{ of: string; file: string }> | null>(null);
  const [own] = all;
  if (own === undefined) return null;
  const lines = all.find(({ file }) => picked?.of === own.file && file === picked.file) ?? own;
  return { lines, isOwn: lines === own, pick: (file) => setPicked({ of: own.file, file }) };
};
