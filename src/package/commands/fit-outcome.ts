import type { CardFit } from "#calc/model/memory-estimate.ts";
import { formatGib } from "#format/bytes.ts";
import { FIT_NAMES } from "./fit-names.ts";

/** "fits"; "may not fit: 0.7 GiB free", because how much is left is the point there. */
export const fitOutcome = ({ fit, headroomBytes }: Pick<CardFit, "fit" | "headroomBytes">): string =>
  fit === "tight" ? `${FIT_NAMES.tight}: ${formatGib(headroomBytes)} GiB free` : FIT_NAMES[fit];
