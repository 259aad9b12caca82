import { formatGib } from "#format/bytes.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import { uncapitalised } from "#format/uncapitalised.ts";
import type { Highest } from "./highest-of.ts";

/** "At its highest the scenario has 19.2 GiB of tensors, 15.0 GiB of them base weights." */
export const highestWords = ({ peakBytes, most }: Highest): string =>
  `At its highest the scenario has ${formatGib(peakBytes)} GiB of tensors, ` +
  `${formatGib(most.bytes)} GiB of them ${uncapitalised(TERM_NAMES[most.id].label)}.`;
