// The list of the page's panels in order, each with its own error boundary and loading.

import { type ComponentType, type ReactElement, Suspense } from "react";
import type { PANEL_IDS } from "#scenario/keys/values.ts";
import { Bars } from "#panels/answer/Bars.tsx";
import { Cards } from "#panels/answer/Cards.tsx";
import { Verdict } from "#panels/answer/Verdict.tsx";
import { useScenario } from "#scenario/page/store.ts";
import { latePart, hydratedPart } from "#ui/late-parts.tsx";
import styles from "./App.module.css";
import { ErrorBoundary } from "./ErrorBoundary.tsx";

type PanelEntry = Readonly<{
  /** As a link's `only` and `hide` name it; scenarios side by side and the run are no part of an embed, and have no name there. */
  id: (typeof PANEL_IDS)[number] | "compare" | "run";
  /** Which part of the panel it is, where that has two places. */
  part?: string;
  Panel: ComponentType;
}>;

/** A panel that keeps its failures to itself, and comes to life in a task of its own: one task for the whole page would block the first touch. */
const guarded = (Panel: ComponentType): ComponentType => {
  const Guarded = (): ReactElement => (
    <ErrorBoundary name="This panel">
      <Suspense>
        <Panel />
      </Suspense>
    </ErrorBoundary>
  );
  return Guarded;
};

/** What was wrong with the link, wherever it is read: above the verdict, or at the top of the embed. */
export const LinkIssues = hydratedPart(async () => (await import("#panels/answer/LinkIssues.tsx")).LinkIssues);
/** Pages over the page. They come alive with "How it is computed", or with the first touch. */
export const AnchoredPages = guarded(
  hydratedPart(async () => (await import("#panels/answer/AnchoredPages.tsx")).AnchoredPages, "computed"),
);
const TopChange = hydratedPart(async () => (await import("#panels/advice/TopChange.tsx")).TopChange);
/** Choices that do not go together: in the page under the bars, in the embed at the top. */
export const Mismatches = hydratedPart(async () => (await import("#panels/answer/AnswerNotes.tsx")).Mismatches);
const AnswerNotes = hydratedPart(async () => (await import("#panels/answer/AnswerNotes.tsx")).AnswerNotes);

/** In the place of everything that follows from figures, where something that was asked for is not known. */
const NotKnown = latePart(async () => (await import("#panels/answer/NotKnown.tsx")).NotKnown).Part;

/** In page and embed with the bars: it is about their figures. */
const NotCounted = hydratedPart(async () => (await import("#panels/answer/AnswerNotes.tsx")).NotCounted);

const Answer = (): ReactElement => (
  <div className={styles.top}>
    <Verdict />
    <TopChange />
  </div>
);

const RunStrip = hydratedPart(async () => (await import("#panels/run/RunStrip.tsx")).RunStrip, "run");

/** Drawn in the static page like the rest, and brought to life a moment later: verdict, cards and bars are the answer. */
const PeakTable = hydratedPart(async () => (await import("#panels/answer/PeakTable.tsx")).PeakTable, "table");
const Moments = hydratedPart(async () => (await import("#panels/answer/Moments.tsx")).Moments, "moments");
const Computed = hydratedPart(async () => (await import("#panels/answer/Computed.tsx")).Computed, "computed");
const Compare = hydratedPart(async () => (await import("#panels/compare/Compare.tsx")).Compare);
const Take = hydratedPart(async () => (await import("#panels/take/Take.tsx")).Take, "take");

/** Frames with a title; what they hold is fetched when they come near. */
const advice = () => import("#panels/advice/AdvicePanels.tsx");
const Changes = hydratedPart(async () => (await advice()).ChangesPanel, "changes");
const Fits = hydratedPart(async () => (await advice()).FitsPanel, "fits");
const Sweep = hydratedPart(async () => (await advice()).SweepPanel, "sweep");
const Guide = hydratedPart(async () => (await advice()).GuidePanel, "guide");

/** The panels of the answer, in page order. */
const PANELS: readonly PanelEntry[] = [
  { id: "verdict", Panel: guarded(Answer) },
  { id: "cards", Panel: guarded(Cards) },
  { id: "bars", Panel: guarded(Bars) },
  { id: "bars", part: "not-counted", Panel: guarded(NotCounted) },
  { id: "run", Panel: guarded(RunStrip) },
  { id: "verdict", part: "notes", Panel: guarded(AnswerNotes) },
  { id: "compare", Panel: guarded(Compare) },
  { id: "table", Panel: guarded(PeakTable) },
  { id: "changes", Panel: guarded(Changes) },
  { id: "moments", Panel: guarded(Moments) },
  { id: "computed", Panel: guarded(Computed) },
  { id: "fits", Panel: guarded(Fits) },
  { id: "sweep", Panel: guarded(Sweep) },
  { id: "guide", Panel: guarded(Guide) },
  { id: "take", Panel: guarded(Take) },
];

/** The panels of an answer without figures. */
const NOT_KNOWN_PANELS: readonly PanelEntry[] = [
  { id: "verdict", Panel: guarded(Verdict) },
  { id: "cards", Panel: guarded(NotKnown) },
  ...PANELS.filter(({ id }) => id === "compare"),
];

/** The panels of the answer that is shown. */
export const usePanels = (): readonly PanelEntry[] =>
  useScenario(({ answer }) => (answer?.notKnown.length ?? 0) > 0) ? NOT_KNOWN_PANELS : PANELS;

/** What the embed shows unless `only` names others. */
export const EMBED_PANELS: readonly string[] = ["cards", "bars"];
