import type { MeasuredRow } from "./measured-row.ts";

type Device = NonNullable<MeasuredRow["device"]>;

/** A card as the page names it; `isCustom`: by its memory alone. */
export type NamedCard = Readonly<{ shortName: string; usableBytes: number; isCustom: boolean }>;

/** Usable memory that is estimated is off by less than this; two cards of one name with other memory are further apart. */
const CLOSE_FRACTION = 0.05;

/** What makes another card of the same number. */
const VARIANTS = ["ti", "super", "d", "ada", "sff", "pcie", "nvl", "max", "q", "server", "laptop", "mig"];

const SIZE = /^\d+g[bi]?b?$/;

/** "NVIDIA A100-SXM4-80GB": nvidia, a100, sxm4. */
const wordsOf = (name: string): readonly string[] =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !SIZE.test(word));

const isNamedAlike = (device: string, card: string): boolean => {
  const [ofDevice, ofCard] = [wordsOf(device), wordsOf(card)];
  return (
    ofCard.every((word) => ofDevice.includes(word)) &&
    VARIANTS.every((variant) => !ofDevice.includes(variant) || ofCard.includes(variant))
  );
};

/** Whether PyTorch's name of a device, "NVIDIA GeForce RTX 4090", and its memory are those of a card. */
export const isSameCard = ({ name, totalBytes }: Device, { shortName, usableBytes, isCustom }: NamedCard): boolean =>
  Math.abs(totalBytes - usableBytes) <= CLOSE_FRACTION * usableBytes && (isCustom || isNamedAlike(name, shortName));
