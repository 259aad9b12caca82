/** A number of parameters as a link and the page spell it: with a unit where that says exactly the same. */
export const spellSize = (params: number): string => {
  if (params >= 1e9 && params % 1e7 === 0) return `${params / 1e9}B`;
  return params % 1e4 === 0 ? `${params / 1e6}M` : String(params);
};
