import { encodePinned } from "#scenario/choices/pinned-link.ts";
import { type ScenarioState, useScenario } from "./store.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";

/** The link to all that the page shows, from its `?` on: the choices, and the scenarios that are held beside them. */
export const pageLink = ({ choices, pinned }: Pick<ScenarioState, "choices" | "pinned">): string =>
  encodeLink(choices) + encodePinned(choices, pinned);

type Place = Pick<Location, "pathname" | "search" | "hash" | "reload" | "replace">;

/** Loads the page anew with all that it shows: at the link to it, whether the address has said so yet or not. */
export const reloadPage = (place: Place = location): void => {
  const link = pageLink(useScenario.getState());
  const isBare = place.search === "" && link === encodeLink(DEFAULT_CHOICES);
  if (isBare || place.search === link) place.reload();
  else place.replace(`${place.pathname}${link}${place.hash}`);
};
