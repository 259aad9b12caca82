/** "Line 7, column 24": where an index lies in a text, both counted from 1. */
export const placeWords = (text: string, index: number): string => {
  const lines = text.slice(0, index).split(/\r\n|\n|\r/);
  return `Line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
};
