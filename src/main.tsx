import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { Root } from "#app/Root.tsx";
import { registerServiceWorker } from "#app/offline.ts";
import { openLink } from "#scenario/actions.ts";
import { syncUrl } from "#scenario/sync-url.ts";
import "#app/global.css";

const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no #root");

const page = (
  <StrictMode>
    <Root />
  </StrictMode>
);

// The page holds the default answer, drawn at build time. boot.js marks it when the link asks for another one.
if (container.hasChildNodes() && document.documentElement.dataset.answer !== "other") {
  hydrateRoot(container, page);
} else {
  await openLink(location.search);
  container.replaceChildren();
  createRoot(container).render(page);
  delete document.documentElement.dataset.answer;
}
syncUrl();
registerServiceWorker();
