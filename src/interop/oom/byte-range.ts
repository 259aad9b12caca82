/** Bytes that are known within bounds, both included: a text prints two decimals. */
export type ByteRange = Readonly<{ low: number; high: number }>;

const UNIT_BYTES: Readonly<Record<string, number>> = {
  bytes: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
  eb: 2 ** 60,
};

/**
 * The bytes that a printed figure can stand for: half of its last digit either way.
 *
 * PyTorch divides by powers of 2 and prints two decimals (`format_size`); its backend for Apple's GPUs does so too, and calls them MB and GB.
 *
 * @param figure digits, with a point at most: "9.37"
 * @param unit as printed, in any case: "GiB"
 * @returns null for a unit that there is not
 */
export const printedRange = (figure: string, unit: string): ByteRange | null => {
  const name = unit.toLowerCase();
  if (!Object.hasOwn(UNIT_BYTES, name)) return null;
  const size = UNIT_BYTES[name] ?? 1;
  const decimals = figure.split(".")[1]?.length ?? 0;
  const half = name === "bytes" ? 0 : size / 10 ** decimals / 2;
  const value = Number(figure) * size;
  return { low: Math.max(0, Math.ceil(value - half)), high: Math.floor(value + half) };
};

/** What lies in the middle of a range, to be shown. */
export const middleOf = ({ low, high }: ByteRange): number => Math.round((low + high) / 2);
