import type { PageAnswer } from "#service/answers/page-answer.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";

/** The element of the built page that holds the answer that is drawn in it. */
const ELEMENT_ID = "drawn-answer";

/**
 * The answer to the default choices as data that the build has made, beside the page that it has drawn of it; null where nothing was built: in
 * development, in tests, while the build draws.
 */
export const drawnAnswer = (): PageAnswer | null => {
  const text = globalThis.document?.getElementById(ELEMENT_ID)?.textContent;
  return text ? { ...(JSON.parse(text) as Omit<PageAnswer, "choices">), choices: DEFAULT_CHOICES } : null;
};
