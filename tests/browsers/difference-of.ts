const AROUND = 80;

/** Where two texts part: both, with some of what is around the place. */
export const differenceOf = (before: string, after: string): readonly string[] => {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  const from = Math.max(0, at - AROUND);
  return [before, after].map((text) => text.slice(from, at + AROUND));
};
