import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { Root } from "#app/Root.tsx";
import { prepareAnswer } from "#scenario/prepare-answer.ts";
import { useScenario } from "#scenario/store.ts";
import { allSoon } from "#ui/soon.ts";
import "#app/global.css";

const page = (
  <StrictMode>
    <Root />
  </StrictMode>
);

/** Draws the page of the link. Not awaited at the top of the module: the late chunks import this one and would wait for it for ever. */
const start = async (container: HTMLElement): Promise<void> => {
  // Reading and writing links is not needed to show the default answer and to change it: it comes right after.
  const opening = import("#scenario/open-link.ts");
  const syncing = import("#scenario/sync-url.ts");
  // The page holds the default answer, drawn at build time. boot.js marks it when the link asks for another one.
  if (container.hasChildNodes() && document.documentElement.dataset.answer !== "other") {
    await prepareAnswer(useScenario.getState());
    hydrateRoot(container, page);
  } else {
    await (await opening).openLink(location.search);
    // They would push down what is below them; an embed has none of them in sight.
    if (!("embed" in document.documentElement.dataset)) await allSoon();
    container.replaceChildren();
    createRoot(container).render(page);
    delete document.documentElement.dataset.answer;
  }
  (await syncing).syncUrl();
  (await import("#app/page-title.ts")).followWithTitle();
  (await import("#app/offline.ts")).registerServiceWorker();
};

const root = document.getElementById("root");
if (root !== null)
  void start(root).catch(() => {
    // A late part could not be loaded: what stands in the page is shown, and says which scenario it is for.
    const { dataset } = document.documentElement;
    delete dataset.scripts;
    delete dataset.answer;
  });
