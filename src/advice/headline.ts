// Split of the verdict into a headline and the rest, by the characters that the page has room for.

/** What two lines of the verdict hold on a wide window, and five on a phone. */
const HEADLINE_CHARACTERS = 118;

/** Three lines of a wide window, five of a phone, under the headline: what changes cost is left to the list of them where it would take more. */
export const LEAD_CHARACTERS = 200;

const isWithin = (text: string): boolean => text.length <= HEADLINE_CHARACTERS;

/** The verdict's sentences as its headline, and those that have no room in it, which the line under it begins with. The first always is the headline. */
export const headline = (sentences: readonly string[]): Readonly<{ head: string; rest: string }> => {
  const more = sentences.findIndex((_, index) => index > 0 && !isWithin(sentences.slice(0, index + 1).join(" ")));
  const end = more === -1 ? sentences.length : more;
  return { head: sentences.slice(0, end).join(" "), rest: sentences.slice(end).join(" ") };
};
