import type { ComponentType, ReactElement } from "react";
import { Bars } from "#panels/answer/Bars.tsx";
import { Cards } from "#panels/answer/Cards.tsx";
import { Computed } from "#panels/answer/Computed.tsx";
import { LinkIssues } from "#panels/answer/LinkIssues.tsx";
import { PeakTable } from "#panels/answer/PeakTable.tsx";
import { Verdict } from "#panels/answer/Verdict.tsx";
import { ErrorBoundary } from "./ErrorBoundary.tsx";

type PanelEntry = Readonly<{
  /** As a link's `only` and `hide` name it. */
  id: string;
  Panel: ComponentType;
}>;

const guarded = (Panel: ComponentType): ComponentType => {
  const Guarded = (): ReactElement => (
    <ErrorBoundary name="This panel">
      <Panel />
    </ErrorBoundary>
  );
  return Guarded;
};

const Answer = (): ReactElement => (
  <>
    <LinkIssues />
    <Verdict />
  </>
);

/** The panels of the answer, in page order. */
export const PANELS: readonly PanelEntry[] = [
  { id: "verdict", Panel: guarded(Answer) },
  { id: "cards", Panel: guarded(Cards) },
  { id: "bars", Panel: guarded(Bars) },
  { id: "table", Panel: guarded(PeakTable) },
  { id: "computed", Panel: guarded(Computed) },
];

/** What the embed shows unless `only` names others. */
export const EMBED_PANELS: readonly string[] = ["cards", "bars"];
