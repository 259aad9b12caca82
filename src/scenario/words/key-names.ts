import type { ChoiceKey, LinkKey } from "#scenario/keys/choices.ts";
import type { PinnedKey } from "#scenario/keys/pinned-keys.ts";
import { WORDS } from "./words.ts";

/** The keys of a link that are not keys of the choices, but a part of one, or hold beside it. */
const OTHERS: Readonly<Record<Exclude<LinkKey, ChoiceKey> | PinnedKey, string>> = {
  v: "Version of the link",
  params: "Model size",
  arch: "Architecture",
  vram: "Memory of the GPU",
  b: "Scenario B",
  c: "Scenario C",
  d: "Scenario D",
};

const isOther = (key: LinkKey | PinnedKey): key is keyof typeof OTHERS => Object.hasOwn(OTHERS, key);

/** The label of a link key: "Batch size". */
export const nameOfKey = (key: LinkKey | PinnedKey): string => (isOther(key) ? OTHERS[key] : WORDS[key].label);
