import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** Rows and tokens of a micro batch: "batch 2 × 4,096". */
export const batchLine = ({ batch, seq }: Pick<Choices, "batch" | "seq">): string =>
  `batch ${formatCount(batch)}\u00a0×\u00a0${formatCount(seq)}`;
