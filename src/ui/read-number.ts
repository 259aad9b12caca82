/** What a field takes: its ends, both allowed, and how it writes and reads a number. */
export type NumberFormat = Readonly<{
  min: number;
  max: number;
  /** Fractions are rounded to whole numbers. */
  whole: boolean;
  format: (value: number) => string;
  parse: (text: string) => number | null;
}>;

/** The number that a text gives, and a sentence when that is not what the text says. */
export type ReadNumber = Readonly<{ value: number; issue: string | null }>;

/** Reads a field's text; nonsense keeps `current`, a value out of range takes the nearest end, and a sentence says so. */
export const readNumber = (text: string, format: NumberFormat, current: number): ReadNumber => {
  const parsed = format.parse(text);
  if (parsed === null) {
    const said = text.trim() === "" ? "Nothing was typed." : `“${text.trim().slice(0, 24)}” is not a number.`;
    return { value: current, issue: `${said} Still using ${format.format(current)}.` };
  }
  const asked = format.whole ? Math.round(parsed) : parsed;
  const value = Math.min(format.max, Math.max(format.min, asked));
  if (value === asked) return { value, issue: null };
  const end = asked > format.max ? "most" : "least";
  return { value, issue: `The ${end} is ${format.format(value)}. Using ${format.format(value)}.` };
};
