// Root component: the whole page with its scenario sheet, or the embed.

import { latePart, hydratedPart, useIsHydrating } from "#ui/late-parts.tsx";
import { useId, useRef, useState, type ReactElement, type ReactNode, Suspense } from "react";
import { Button } from "#ui/Button.tsx";
import { useIsPhone } from "#ui/window.ts";
import styles from "./ScenarioSheet.module.css";
import { ScenarioPanel } from "#panels/scenario/ScenarioPanel.tsx";
import appStyles from "./App.module.css";
import { AnchoredPages, LinkIssues, usePanels } from "./panels.tsx";
import { useScenario } from "#scenario/page/store.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";

/** The embed, fetched when a link asks for it. */
export const embedPart = latePart(async () => (await import("./Embed.tsx")).Embed);

const Margins = hydratedPart(async () => (await import("#panels/answer/Margins.tsx")).Margins);
const SheetBehavior = hydratedPart(async () => (await import("./SheetBehavior.tsx")).SheetBehavior);

/**
 * Holds the scenario: a column on wide windows, a bottom sheet on a phone. The sheet is not modal and at most 56 % high, because moving a
 * slider must show the answer above it; the bar of margins rides on its edge. A sheet that nobody has opened yet is empty, unless the static page has
 * drawn it.
 */
const ScenarioSheet = ({ children }: Readonly<{ children: ReactNode }>): ReactElement => {
  /** null: nobody has opened it yet. */
  const [open, setOpen] = useState<boolean | null>(null);
  const isPhone = useIsPhone();
  const isDrawn = useIsHydrating();
  const bar = useRef<HTMLDivElement>(null);
  const bodyId = useId();
  const isOpen = open === true;
  const press = (): void => {
    setOpen(!isOpen);
    if (!isOpen) document.getElementById("bars")?.scrollIntoView({ block: "start" });
  };
  return (
    <aside className={styles.sheet} data-open={isOpen} aria-label="Scenario">
      <div ref={bar} className={styles.bar}>
        <Margins />
        <Button kind="primary" aria-expanded={isOpen} aria-controls={bodyId} onClick={press}>
          {isOpen ? "Done" : "Change scenario"}
        </Button>
      </div>
      <div id={bodyId} className={styles.body}>
        {isDrawn || open !== null || !isPhone ? children : null}
      </div>
      <SheetBehavior isOpen={isOpen} onOpen={setOpen} edge={bar} />
    </aside>
  );
};

/** Drawn in the static page, and brought to life right after the answer; the embed has none. */
const Header = hydratedPart(async () => (await import("./Header.tsx")).Header);
/** Takes files and texts wherever they are dropped or pasted. */
const ImportDoor = hydratedPart(async () => (await import("#panels/import/ImportDoor.tsx")).ImportDoor);

/** The whole page: the scenario beside the answer, or under it in a sheet on a phone. */
const App = (): ReactElement => (
  <div className={appStyles.page}>
    <a className={appStyles.skip} href="#answer">
      Skip to the answer
    </a>
    <Header />
    <div className={appStyles.columns}>
      <ScenarioSheet>
        <Suspense>
          <ScenarioPanel />
        </Suspense>
      </ScenarioSheet>
      <main id="answer" className={appStyles.answer} tabIndex={-1}>
        <LinkIssues isOver />
        {usePanels().map(({ id, part = id, Panel }) => (
          <Panel key={part} />
        ))}
        <AnchoredPages />
      </main>
    </div>
    <ImportDoor />
  </div>
);

const { Part: Embed } = embedPart;

/** The page, or the bare embed when the link says `embed=1`. Embed is state, not a second app. */
export const Root = (): ReactElement => {
  const embed = useScenario((state) => state.choices.embed);
  return <ErrorBoundary name="The page">{embed ? <Embed /> : <App />}</ErrorBoundary>;
};
