/** Line ends and tabs of any kind. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** Signs that a terminal obeys, that turn the direction of writing, or that are halves of a sign; not the space without width, which Markdown here parts names with. */
const OBEYED = /(?!\u200B)[\p{Cc}\p{Cf}\p{Cs}]/gu;

/**
 * A line of a report as a line. Files that somebody has brought may have line ends and control signs in their values and names, which a terminal would obey, and
 * at the beginning of a line what a runner of CI takes for its own (`::stop-commands::` of GitHub Actions).
 */
export const oneLine = (text: string): string =>
  text.replaceAll("\u00A0", " ").replaceAll(BREAKS, " ").replaceAll(OBEYED, "\uFFFD");
