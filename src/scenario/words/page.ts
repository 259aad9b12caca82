import type { PAGE } from "#scenario/keys/page.ts";
import type { WordsOf } from "./key-words.ts";

export const PAGE_WORDS = {
  embed: { label: "Embed", difference: null },
  theme: { label: "Theme", difference: null, values: { light: "light", dark: "dark", auto: "auto" } },
  only: { label: "Panels shown", difference: null },
  hide: { label: "Panels hidden", difference: null },
  lock: { label: "Locked controls", difference: null },
} satisfies WordsOf<typeof PAGE>;
