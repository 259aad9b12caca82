import { type ReactElement, Suspense } from "react";
import { soon } from "#ui/soon.ts";
import { ScenarioPanel } from "#panels/scenario/ScenarioPanel.tsx";
import styles from "./App.module.css";
import { Anchored, LinkIssues, usePanels } from "./panels.tsx";
import { ScenarioSheet } from "./ScenarioSheet.tsx";

/** Drawn in the static page, and brought to life right after the answer; the embed has none. */
const Header = soon(async () => (await import("./Header.tsx")).Header);
/** Takes files and texts wherever they are dropped or pasted. */
const ImportDoor = soon(async () => (await import("#panels/import/ImportDoor.tsx")).ImportDoor);

/** The whole page: the scenario beside the answer, or under it in a sheet on a phone. */
export const App = (): ReactElement => (
  <div className={styles.page}>
    <a className={styles.skip} href="#answer">
      Skip to the answer
    </a>
    <Header />
    <div className={styles.columns}>
      <ScenarioSheet>
        <Suspense>
          <ScenarioPanel />
        </Suspense>
      </ScenarioSheet>
      <main id="answer" className={styles.answer} tabIndex={-1}>
        <LinkIssues isOver />
        {usePanels().map(({ id, part = id, Panel }) => (
          <Panel key={part} />
        ))}
        <Anchored />
      </main>
    </div>
    <ImportDoor />
  </div>
);
