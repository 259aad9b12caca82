import { configure } from "@testing-library/react";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { replaceEngine, followChoices } from "#scenario/page/engine.ts";
import { useScenario } from "#scenario/page/store.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { hereService } from "./here-service.ts";
import { resetStores } from "./page-stores.ts";

// Files of components share a process, and one page in it: this is run once.

// What jsdom leaves out of a browser. Nothing is laid out there, so nothing is ever resized, and the window is a wide one.
class NeverResized implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NeverResized;
window.matchMedia ??= (query: string): MediaQueryList =>
  Object.assign(new EventTarget(), {
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });
if (!("scrollIntoView" in Element.prototype)) Object.assign(Element.prototype, { scrollIntoView: () => undefined });
if (!("getAnimations" in Element.prototype)) Object.assign(Element.prototype, { getAnimations: () => [] });

// A busy machine may take its time; no test is about how long a late part takes.
configure({ asyncUtilTimeout: 20_000 });

const address = location.href;

/** The page as it is opened: its first choices and the answer to them, by an engine in this thread, with nothing stored and nothing marked. */
export const openAnew = (): void => {
  replaceEngine(hereService);
  resetStores();
  localStorage.clear();
  sessionStorage.clear();
  history.replaceState(null, "", address);
  document.title = "";
  for (const element of [document.documentElement, document.body])
    for (const name of element.getAttributeNames()) element.removeAttribute(name);
  document.body.replaceChildren();
};

// The page begins with the answer to its first choices, as the built one does.
const { choices } = useScenario.getInitialState();
Object.assign(useScenario.getInitialState(), { answer: pageAnswer({ choices }, POPULAR_CATALOG) });
openAnew();
followChoices();
