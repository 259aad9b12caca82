/** The word for what is not known. */
export const NOT_KNOWN_WORDS = "Not known";

/** Its outline and its mark, as those of `status-shapes.ts`: a circle with a question mark. */
export const NOT_KNOWN_OUTLINE = "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0z";
export const NOT_KNOWN_MARK = "M4.3 4.6a1.7 1.7 0 1 1 2.5 1.5Q6 6.5 6 7.3M6 9v.3";
