/** What a tool does where its files say nothing, and where that stands. */
export type Default = Readonly<{ text: string; sentence: string }>;

/**
 * Defaults of one source of a tool: `defaultsOf("TRL's default (1.10, *).")("1024", "trainer/sft_config.py:205")`.
 *
 * @param words a sentence, with a star for the place in the source
 */
export const defaultsOf =
  (words: string) =>
  (text: string, place: string): Default => ({ text, sentence: words.replace("*", () => place) });
