import { StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { Root } from "./Root.tsx";

/** The default scenario's page as HTML: what index.html shows before any script has run. Called once, by the build. */
export const prerender = (): string =>
  renderToString(
    <StrictMode>
      <Root />
    </StrictMode>,
  );
