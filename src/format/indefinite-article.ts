/** Letters whose spoken name begins with a vowel: "an RTX", "an H100", "an L4", but "a T4", "a GTX". */
const VOWEL_NAMED = "AEFHILMNORSX";

const isSpelled = (word: string): boolean => !/[a-z]/.test(word);

/** Whether a product's name takes "a" or "an": names in capitals are spelled out ("an RTX 4090"), others read as words ("a Radeon"). */
export const indefiniteArticle = (name: string): "a" | "an" => {
  const word = name.trim().split(/[\s-]/)[0] ?? "";
  if (/^\d/.test(word)) return /^(8|11\b|18\b)/.test(word) ? "an" : "a";
  const first = word.charAt(0).toUpperCase();
  return (isSpelled(word) ? VOWEL_NAMED : "AEIO").includes(first) ? "an" : "a";
};
