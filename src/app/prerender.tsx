import { StrictMode } from "react";
import { prerender } from "react-dom/static";
import { Root } from "./Root.tsx";

/**
 * The default scenario's page as HTML, late parts included: what index.html shows before any script has run. Called once, by the build.
 * Everything in one piece, in order: React's way of filling in late parts afterwards is an inline script, which the page's policy refuses.
 */
export const prerenderPage = async (): Promise<string> => {
  const { prelude } = await prerender(
    <StrictMode>
      <Root />
    </StrictMode>,
    { progressiveChunkSize: Number.POSITIVE_INFINITY },
  );
  return new Response(prelude).text();
};
