import type { GivenFile } from "#interop/import/source.ts";

/** A file to be checked, and where it lies, as it was asked for. */
export type CheckFile = GivenFile & Readonly<{ path: string }>;

/** Files that are one scenario: a run, and what says more of it. */
export type CheckCase = Readonly<{
  /** What a report calls it: the path of the run. */
  name: string;
  files: readonly CheckFile[];
  /** Whether all of them say only a part of a run. */
  isPart: boolean;
}>;
