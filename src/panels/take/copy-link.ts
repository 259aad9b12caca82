import { copyText } from "#ui/copy-text.ts";
import { pageLink } from "#scenario/page/page-link.ts";
import { useScenario } from "#scenario/page/store.ts";

/** Puts the link to all that the page shows on the clipboard; false when the browser refuses. */
export const copyLink = (): Promise<boolean> => copyText(new URL(pageLink(useScenario.getState()), location.href).href);
