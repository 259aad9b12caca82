import { GB, GIB } from "#calc/base/quantity.ts";

/** The memory of a card that is in no catalog, and the unit it was given in. */
export type CardMemory = Readonly<{ memoryBytes: number; unit: "GB" | "GiB" }>;

/** Bytes of each unit. */
export const CARD_UNIT_BYTES = { GB, GiB: GIB } as const;

/** More decimals than a byte of a GB needs. */
const DECIMALS = 12;

/** The shortest decimal that stands for these bytes: a link that says 39.4GiB is not written back as 39.40000000037253GiB. */
const shortest = (memoryBytes: number, unitBytes: number): number => {
  const exact = memoryBytes / unitBytes;
  for (let decimals = 0; decimals < DECIMALS; decimals++) {
    const short = Number(exact.toFixed(decimals));
    if (Math.round(short * unitBytes) === Math.round(memoryBytes)) return short;
  }
  return exact;
};

/** Memory as a link spells it: `24` for GB as on the box, `24GiB` as a driver reports it. */
export const spellCardMemory = ({ memoryBytes, unit }: CardMemory): string =>
  `${shortest(memoryBytes, CARD_UNIT_BYTES[unit])}${unit === "GiB" ? "GiB" : ""}`;
