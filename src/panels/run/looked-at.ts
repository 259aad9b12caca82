import { create } from "zustand";
import type { RunPartId } from "#service/answers/run-parts.ts";

/** What a reader has chosen in the strip of the run; no link says it. */
type LookedAt = Readonly<{
  /** null: nobody has chosen yet; the worst part that is counted is looked at. */
  chosen: RunPartId | null;
  /** Parts that the reader does without: nothing is said of them. */
  without: readonly RunPartId[];
}>;

export const useLookedAt = create<LookedAt>(() => ({ chosen: null, without: [] }));

/** Looks at a part of the run. Whoever looks at one does not do without it. */
export const lookAt = (chosen: RunPartId): void =>
  useLookedAt.setState(({ without }) => ({ chosen, without: without.filter((id) => id !== chosen) }));

/** Says that a run has no such part. */
export const doWithout = (id: RunPartId): void =>
  useLookedAt.setState(({ without }) => ({ without: [...without, id] }));
