// Start of the page: reads the link, brings the built page to life or draws another answer, starts the engine.

import "#app/global.css";
import { type ReactElement, startTransition, StrictMode, useEffect, useLayoutEffect } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { embedPart, Root } from "#app/Root.tsx";
import { keepTouches, replayTouches } from "#app/touch-replay.ts";
import { startEngine, followChoices } from "#scenario/page/engine.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { useScenario } from "#scenario/page/store.ts";
import { PART_GONE } from "#service/fetch-part.ts";
import { allPartsReady, wakeAllParts, wakeWhenTouched } from "#ui/late-parts.tsx";

/** What the page needs once it is drawn: here by the time that a part is missed, when more may be gone. */
const after = import("#app/startup-tasks.ts");

addEventListener(
  PART_GONE,
  () => void after.then(({ sayPartGone }) => sayPartGone(import.meta.url)).catch(() => undefined),
);

const page = (
  <StrictMode>
    <Root />
  </StrictMode>
);

/** Shows what is drawn. */
const show = (): void => {
  delete document.documentElement.dataset["answer"];
};

/** The page, shown before the browser paints it; says when all of it follows the store. */
const Standing = ({ stands }: Readonly<{ stands: () => void }>): ReactElement => {
  useLayoutEffect(show, []);
  useEffect(stands, [stands]);
  return page;
};

/** Draws the page anew, in slices between which a touch is answered, and shows it in one piece. */
const drawn = (container: HTMLElement): Promise<void> =>
  new Promise((resolve) => {
    const root = createRoot(container);
    startTransition(() => root.render(<Standing stands={resolve} />));
  });

/** Draws the page of the link. Not awaited at the top of the module: the late chunks import this one and would wait for it for ever. */
const start = async (): Promise<void> => {
  const { dataset } = document.documentElement;
  const isEmbed = "embed" in dataset;
  const [container, other] = (isEmbed ? ["embed", "root"] : ["root", "embed"]).map((id) => document.getElementById(id));
  if (!container) return;
  other?.remove();
  const link = location.search;
  let isOpened = true;
  // The page holds the default answer, drawn at build time. boot.js marks it when the link asks for another one.
  const isDrawn = useScenario.getState().answer !== null && !isEmbed && dataset["answer"] === undefined;
  if (isDrawn) {
    wakeWhenTouched();
    // What the script itself takes is one task, to bring the page to life another.
    await new Promise((resolve) => setTimeout(resolve));
    hydrateRoot(container, page);
    followChoices(wakeAllParts);
    startEngine();
    // In the same task: a touch between the two would be React's and held, and done twice.
    void replayTouches(container);
  } else {
    wakeAllParts();
    // Late parts would push down what is below them; an embed has none of them in sight.
    const [opened] = await Promise.all([openLink(link), isEmbed ? embedPart.ready() : allPartsReady()]);
    isOpened = opened !== null;
    followChoices();
    const redoKept = keepTouches(container);
    await drawn(container);
    redoKept();
  }
  (await after).afterStart(link, isEmbed, isOpened);
};

void start().catch(() => {
  // A late part could not be loaded: what stands in the page is shown, and says which scenario it is for.
  const { dataset } = document.documentElement;
  delete dataset["scripts"];
  delete dataset["answer"];
  window.early?.holding(removeEventListener);
});
