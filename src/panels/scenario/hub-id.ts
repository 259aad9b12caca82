/** `owner/name`, or the old models without an owner; letters, digits and `-_.` as the Hub allows. */
const ID = /^[\w.-]+(?:\/[\w.-]+)?$/;

/** The Hugging Face id in what was typed: an id, or a model page's address. */
export const hubIdIn = (typed: string): string | null => {
  const parts = typed
    .trim()
    .replace(/^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\//, "")
    .split("/")
    .filter((part) => part !== "");
  const id = parts.slice(0, 2).join("/");
  return ID.test(id) ? id : null;
};
