import type { CardFit } from "#calc/model/memory-estimate.ts";
import { formatGib } from "#format/bytes.ts";

/** "6.7 GiB free", "3.2 GiB over"; what the card lacks where that is not the question: "no flash kernel". */
export const headroomText = ({ headroomBytes, cannotRun }: CardFit): string =>
  cannotRun ?? `${formatGib(Math.abs(headroomBytes))}\u00a0GiB ${headroomBytes < 0 ? "over" : "free"}`;
