import { answerBy, startEngine } from "#scenario/page/engine.ts";
import { syncUrl } from "#scenario/page/sync-url.ts";
import { pooled, workersOf } from "#service/pool.ts";
import { startService } from "#service/start-service.ts";
import { followPrinting } from "./follow-printing.ts";
import { registerServiceWorker } from "./offline.ts";
import { followWithTitle } from "./page-title.ts";
import { paintBars } from "./paint-bars.ts";
import { watchSlow } from "./say-slow.tsx";
import { paintedTheme } from "./theme.ts";

export { sayPartGone } from "./say-part-gone.tsx";

// From the first moment: the link that the page opens with may be the slow one.
watchSlow();

/** Keeps in step with the page, from when it is drawn: the address, the title, what is printed, the browser's bars, the workers for long work, and the copy for use without a network. */
export const afterStart = (link: string, isEmbed: boolean, isOpened: boolean): void => {
  syncUrl(link, isOpened);
  followWithTitle();
  followPrinting();
  // An embed has no bars of a browser around it, has one worker, and stores nothing where it is shown.
  if (isEmbed) return;
  answerBy(pooled(startEngine(), startService, workersOf(navigator)));
  paintBars(paintedTheme());
  registerServiceWorker();
};
