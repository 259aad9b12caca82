import { createRoot } from "react-dom/client";
import { reloadPage } from "#scenario/page/reload-page.ts";
import { useScenario } from "#scenario/page/store.ts";
import { GoneNotice } from "./GoneNotice.tsx";
import { isReplaced } from "./is-replaced.ts";

/** Takes the notice away; null while there is none. */
let dismiss: (() => void) | null = null;

/** Many parts of a page are missed at once; the host is asked for one of them. */
let asking: Promise<boolean> | null = null;

const show = (replaced: boolean): void => {
  dismiss?.();
  const { embed } = useScenario.getState().choices;
  const place = document.createElement("div");
  // What lies under a modal dialog cannot be pressed.
  if (embed) document.body.prepend(place);
  else (document.querySelector("dialog:modal") ?? document.body).append(place);
  const root = createRoot(place);
  dismiss = () => {
    root.unmount();
    place.remove();
    dismiss = null;
  };
  root.render(<GoneNotice isReplaced={replaced} isEmbed={embed} onReload={() => reloadPage()} onDismiss={dismiss} />);
};

/**
 * Says why a part of the page could not be had: a new version has taken the place of this one, or else the connection. In one place, once, until it is
 * dismissed; what is missed after that says it again.
 *
 * @param entry the address of the first script that runs here
 */
export const sayPartGone = async (entry: string): Promise<void> => {
  if (asking !== null) return;
  asking = isReplaced(entry);
  show(await asking);
  asking = null;
};
