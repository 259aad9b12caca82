/** A part of a name: a number, or text and the number that it ends with (−1: none). */
type Part = number | readonly [text: string, number: number];

const partOf = (part: string): Part => {
  if (/^\d+$/.test(part)) return Number(part);
  const digits = /\d+$/.exec(part)?.[0] ?? "";
  return [part.slice(0, part.length - digits.length), digits === "" ? -1 : Number(digits)];
};

const compareText = (one: string, other: string): number => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

/** Numbers come before text. */
const compareParts = (one: Part, other: Part): number => {
  if (typeof one === "number") return typeof other === "number" ? one - other : -1;
  if (typeof other === "number") return 1;
  return compareText(one[0], other[0]) || one[1] - other[1];
};

/** The parts of a name by which names are put in order. */
export const naturalKey = (name: string): readonly Part[] => name.split(".").map(partOf);

/** Which of two names transformers reads first: by their parts between dots, numbers as numbers. @see transformers 5.24, core_model_loading.py, `dot_natural_key` */
export const inNaturalOrder = (one: readonly Part[], other: readonly Part[]): number => {
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    const compared = compareParts(part, against);
    if (compared !== 0) return compared;
  }
  return one.length - other.length;
};
