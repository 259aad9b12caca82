import type { ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { useScenario } from "#scenario/page/store.ts";

/**
 * Shows a notice beside the page, whether that is drawn or not.
 *
 * @param draw the notice, for an embed or for a whole page
 * @returns takes it away
 */
export const showNotice = (draw: (isEmbed: boolean) => ReactElement): (() => void) => {
  const isEmbed = useScenario.getState().choices.embed || "embed" in document.documentElement.dataset;
  const place = document.createElement("div");
  // What lies under a modal dialog cannot be pressed.
  if (isEmbed) document.body.prepend(place);
  else (document.querySelector("dialog:modal") ?? document.body).append(place);
  const root = createRoot(place);
  root.render(draw(isEmbed));
  return () => {
    if (place.isConnected) root.unmount();
    place.remove();
  };
};
