import type { ReactElement } from "react";
import { late } from "#ui/late.tsx";
import { BatchControl } from "./BatchControl.tsx";
import { GpuControl } from "./GpuControl.tsx";
import { ModelControl } from "./ModelControl.tsx";
import { RankControl } from "./RankControl.tsx";
import styles from "./ScenarioPanel.module.css";
import { SequenceControl } from "./SequenceControl.tsx";

// In sight from the start, in the static page, and brought to life a moment after the sliders.
const bytesPerParameter = late(async () => (await import("./BytesPerParameter.tsx")).BytesPerParameter);
const sectionRows = late(async () => (await import("./SectionRows.tsx")).SectionRows);
const targetModules = late(async () => (await import("./TargetModules.tsx")).TargetModules);
// Fetched while the link is still being read: what they push down must not jump when they arrive.
bytesPerParameter.prefetch();
targetModules.prefetch();
sectionRows.prefetch();

/** The scenario: seven controls in sight, everything else a row that opens. */
export const ScenarioPanel = (): ReactElement => (
  <div className={styles.panel}>
    <div className={styles.fields}>
      <ModelControl />
      <GpuControl />
      <BatchControl />
      <SequenceControl />
      <RankControl />
      <bytesPerParameter.Part />
      <targetModules.Part />
    </div>
    <sectionRows.Part />
  </div>
);
