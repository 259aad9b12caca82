import { pageLink } from "#scenario/page/page-link.ts";
import type { ScenarioState } from "#scenario/page/store.ts";
import { copyText } from "#ui/copy-text.ts";

/** Puts the link to all that the page shows on the clipboard; false when the browser refuses. */
export const copyLink = (state: ScenarioState): Promise<boolean> =>
  copyText(new URL(pageLink(state), location.href).href);
