/** Reads a number as people type it: "4,096", " 16 ", "7.5", "1e9", "−3". Anything else, NaN and Infinity too, is null. */
export const parseNumber = (text: string): number | null => {
  const plain = text.replaceAll(/[\s,\u00a0\u202f]/g, "").replace("\u2212", "-");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
};
