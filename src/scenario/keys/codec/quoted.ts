/** As much of a bad value as a person needs to recognise it. */
const LONGEST = 80;

/** Ends a text that was cut off. */
export const CUT = "…";

/** Signs that a terminal obeys, that turn the direction of writing, or that are halves of a sign. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Untrusted text made fit to be shown in a message: at most 80 characters, nothing that the page or a terminal would act on. */
export const quoted = (text: string): string => {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}${CUT}` : text;
  return shown.replaceAll(UNPRINTABLE, "\uFFFD");
};
