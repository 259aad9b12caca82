import type { ReactElement } from "react";
import { soon } from "#ui/soon.ts";
import { BatchControl } from "./BatchControl.tsx";
import { GpuControl } from "./GpuControl.tsx";
import { ModelControl } from "./ModelControl.tsx";
import { RankControl } from "./RankControl.tsx";
import styles from "./ScenarioPanel.module.css";
import { SequenceControl } from "./SequenceControl.tsx";

// In sight from the start, in the static page, and brought to life a moment after the sliders.
const BytesPerParameter = soon(async () => (await import("./BytesPerParameter.tsx")).BytesPerParameter);
const SectionRows = soon(async () => (await import("./SectionRows.tsx")).SectionRows);
const TargetModules = soon(async () => (await import("./TargetModules.tsx")).TargetModules);

/** The scenario: seven controls in sight, everything else a row that opens. */
export const ScenarioPanel = (): ReactElement => (
  <div className={styles.panel}>
    <div className={styles.fields}>
      <ModelControl />
      <GpuControl />
      <BatchControl />
      <SequenceControl />
      <RankControl />
      <BytesPerParameter />
      <TargetModules />
    </div>
    <SectionRows />
  </div>
);
