/**
 * A text with something put in its place, wherever that stands first.
 *
 * @param {string} text
 * @param {string} place
 * @param {string} content
 * @returns {string}
 * @throws Error where the text has no such place: what was to be filled in would be missing without a word
 */
export const fill = (text, place, content) => {
  if (!text.includes(place)) throw new Error(`There is no place ${place} to fill in.`);
  return text.replace(place, () => content);
};
