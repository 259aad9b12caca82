/** Outlines that differ without colour: circle, square, triangle; 8 px, around 0 0. */
export const MARKS = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
  square: "M-3.5 -3.5h7v7h-7z",
  triangle: "M0 -4.5L4.5 3.5h-9z",
} as const;

/** The name of an outline. */
export type MarkId = keyof typeof MARKS;
