import { hubIdIn } from "#panels/scenario/hub-id.ts";

const ADDRESS = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\//;
/** "owner/name", or the name alone of the oldest models. */
const MOST_PARTS = 2;
const LONGEST = 200;

/** Whether a text is one word that can be an id of Hugging Face, or the address of a model's page there. */
export const looksLikeId = (text: string): boolean => {
  const word = text.trim();
  if (word.length > LONGEST || /\s/.test(word) || hubIdIn(word) === null) return false;
  return ADDRESS.test(word) || word.split("/").length <= MOST_PARTS;
};
