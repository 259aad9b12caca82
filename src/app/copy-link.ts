import type { Choices } from "#scenario/choices.ts";
import { encodeLink } from "#scenario/url.ts";
import { copyText } from "#ui/copy-text.ts";

/** Puts the link to these choices on the clipboard; false when the browser refuses. */
export const copyLink = (choices: Choices): Promise<boolean> =>
  copyText(new URL(encodeLink(choices), location.href).href);
