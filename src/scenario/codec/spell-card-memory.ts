import { GB, GIB } from "#calc/quantity.ts";

/** The memory of a card that is in no catalog, and the unit it was given in. */
export type CardMemory = Readonly<{ memoryBytes: number; unit: "GB" | "GiB" }>;

/** Bytes of each unit. */
export const CARD_UNIT_BYTES = { GB, GiB: GIB } as const;

/** Memory as a link spells it: `24` for GB as on the box, `24GiB` as a driver reports it. */
export const spellCardMemory = ({ memoryBytes, unit }: CardMemory): string =>
  `${memoryBytes / CARD_UNIT_BYTES[unit]}${unit === "GiB" ? "GiB" : ""}`;
