import { syncUrl } from "#scenario/page/sync-url.ts";
import { registerServiceWorker } from "./offline.ts";
import { followWithTitle } from "./page-title.ts";

export { sayPartGone } from "./say-part-gone.tsx";

/** Keeps in step with the page, from when it is drawn: the address, the title, and the copy for use without a network. */
export const afterStart = (link: string, isEmbed: boolean): void => {
  syncUrl(link);
  followWithTitle();
  // An embed stores nothing where it is shown.
  if (!isEmbed) registerServiceWorker();
};
