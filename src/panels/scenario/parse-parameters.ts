const UNITS: Readonly<Record<string, number>> = { m: 1e6, b: 1e9, t: 1e12 };
/** The sizes between which architectures are interpolated, and which a link takes. */
const SMALLEST = 1e8;
const LARGEST = 7e11;

/** A size as people write it: "7B", "350 M", "1.5b". Anything else is null; a bare number too, since "8" may be a version. */
export const parseParameters = (text: string): number | null => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([mbt])\s*$/i.exec(text);
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ""];
  if (match === null || unit === undefined) return null;
  const params = Math.round(Number(match[1]) * unit);
  return params >= SMALLEST && params <= LARGEST ? params : null;
};
