import { encodePinned } from "./pinned-link.ts";
import type { ScenarioState } from "./store.ts";
import { encodeLink } from "./url.ts";

/** The link to all that the page shows, from its `?` on: the choices, and the scenarios that are held beside them. */
export const pageLink = ({ choices, pinned }: Pick<ScenarioState, "choices" | "pinned">): string =>
  encodeLink(choices) + encodePinned(choices, pinned);
