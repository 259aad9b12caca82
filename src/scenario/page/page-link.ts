import { encodePinned } from "#scenario/choices/pinned-link.ts";
import type { ScenarioState } from "./store.ts";
import { encodeLink } from "#scenario/choices/url.ts";

/** The link to all that the page shows, from its `?` on: the choices, and the scenarios that are held beside them. */
export const pageLink = ({ choices, pinned }: Pick<ScenarioState, "choices" | "pinned">): string =>
  encodeLink(choices) + encodePinned(choices, pinned);
