const ADDRESS = /^(?:https?|file):\/\//i;

/**
 * The part of a link that `decodeLink` reads: what is between `?` and `#` of an address, or the text itself when it begins with `?` or has a key.
 *
 * @returns null where the text is no link at all
 */
export const linkSearch = (text: string): string | null => {
  const [link = ""] = text.trim().split("#");
  const question = link.indexOf("?");
  if (ADDRESS.test(link)) return question === -1 ? "" : link.slice(question);
  if (question > 0 && !link.slice(0, question).includes("=")) return link.slice(question);
  return link.startsWith("?") || link.includes("=") ? link : null;
};
