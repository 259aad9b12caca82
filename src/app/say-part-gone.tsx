import { reloadPage } from "#scenario/page/reload-page.ts";
import { GoneNotice } from "./GoneNotice.tsx";
import { isReplaced } from "./is-replaced.ts";
import { showNotice } from "./show-notice.ts";

/** Takes the notice away; nothing where there is none. */
let dismiss = (): void => undefined;

/** Many parts of a page are missed at once; the host is asked for one of them. */
let asking: Promise<boolean> | null = null;

/**
 * Says why a part of the page could not be had: a new version has taken the place of this one, or else the connection. In one place, once, until it is
 * dismissed; what is missed after that says it again.
 *
 * @param entry the address of the first script that runs here
 */
export const sayPartGone = async (entry: string): Promise<void> => {
  if (asking !== null) return;
  asking = isReplaced(entry);
  const replaced = await asking;
  asking = null;
  dismiss();
  dismiss = showNotice((isEmbed) => (
    <GoneNotice isReplaced={replaced} isEmbed={isEmbed} onReload={() => reloadPage()} onDismiss={() => dismiss()} />
  ));
};
