import { decimal, key, type Keys } from "./key.ts";

export const USED = {
  /** GiB already in use on the card. */
  used: key(decimal(0, 100_000), 0),
} satisfies Keys;
