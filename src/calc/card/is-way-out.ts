import type { CardFit } from "#calc/model/memory-estimate.ts";

/** Whether it runs on the card, comfortably or tightly. */
export const isWayOut = ({ fit }: Pick<CardFit, "fit">): boolean => fit === "fits" || fit === "tight";
