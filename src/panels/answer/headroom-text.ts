import type { CardFit } from "#calc/model/memory-estimate.ts";
import { formatGib } from "#format/bytes.ts";

/** "6.7 GiB free", "3.2 GiB over". */
export const headroomText = ({ headroomBytes }: CardFit): string =>
  `${formatGib(Math.abs(headroomBytes))}\u00a0GiB ${headroomBytes < 0 ? "over" : "free"}`;
