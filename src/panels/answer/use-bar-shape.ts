import type { BarShapeId } from "#charts/bar-shape.ts";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { useMedia } from "#ui/use-media.ts";

/** Which drawing of the bars the window has room for. */
export const useBarShape = (embed: boolean): BarShapeId => {
  const isDesktop = useMedia("(min-width: 1080px)");
  const isPhone = useIsPhone();
  if (embed) return "embed";
  if (isDesktop) return "wide";
  return isPhone ? "narrow" : "medium";
};
