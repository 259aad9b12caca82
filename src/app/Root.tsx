import type { ReactElement } from "react";
import { useScenario } from "#scenario/page/store.ts";
import { App } from "./App.tsx";
import { embedPart } from "./embed-part.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";

const { Part: Embed } = embedPart;

/** The page, or the bare embed when the link says `embed=1`. Embed is state, not a second app. */
export const Root = (): ReactElement => {
  const embed = useScenario((state) => state.choices.embed);
  return <ErrorBoundary name="The page">{embed ? <Embed /> : <App />}</ErrorBoundary>;
};
