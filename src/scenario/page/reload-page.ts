import { encodeLink } from "#scenario/choices/url.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { pageLink } from "./page-link.ts";
import { useScenario } from "./store.ts";

type Place = Pick<Location, "pathname" | "search" | "hash" | "reload" | "replace">;

/** Loads the page anew with all that it shows: at the link to it, whether the address has said so yet or not. */
export const reloadPage = (place: Place = location): void => {
  const link = pageLink(useScenario.getState());
  const isBare = place.search === "" && link === encodeLink(DEFAULT_CHOICES);
  if (isBare || place.search === link) place.reload();
  else place.replace(`${place.pathname}${link}${place.hash}`);
};
