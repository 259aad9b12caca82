import { useMedia } from "./use-media.ts";

/** Whether the window is as narrow as a phone's, as the style sheets say it; false in the static page. */
export const useIsPhone = (): boolean => useMedia("(max-width: 899px)");
