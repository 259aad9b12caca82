import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { answerBy } from "#scenario/page/engine.ts";
import { followChoices } from "#scenario/page/follow-choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { hereService } from "./here-service.ts";

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

// The engine answers in this thread; the page begins with the answer to its first choices, as the built one does.
answerBy(hereService);
const { choices } = useScenario.getInitialState();
const first = { answer: pageAnswer({ choices }, POPULAR_CATALOG) };
Object.assign(useScenario.getInitialState(), first);
useScenario.setState(first);
followChoices();

/** What a component said on the console: React's warnings come this way, and none of them is harmless. */
let noise: string[] = [];

beforeEach(() => {
  noise = [];
  for (const kind of ["error", "warn"] as const)
    vi.spyOn(console, kind).mockImplementation((...said: unknown[]) => {
      noise.push(`console.${kind}: ${said.map(String).join(" ")}`);
    });
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  expect(noise, "a component test must leave the console silent").toEqual([]);
});
