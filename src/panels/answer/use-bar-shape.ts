import type { BarShapeId } from "#charts/bar-shape.ts";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { useMedia } from "#ui/use-media.ts";
import { usePrinting } from "./use-printing.ts";

/** Which drawing of the bars the window has room for, or the paper. */
export const useBarShape = (embed: boolean): BarShapeId => {
  const isDesktop = useMedia("(min-width: 1080px)");
  const isPhone = useIsPhone();
  const isPrinting = usePrinting();
  if (embed) return "embed";
  if (isPrinting) return "medium";
  if (isDesktop) return "wide";
  return isPhone ? "narrow" : "medium";
};
