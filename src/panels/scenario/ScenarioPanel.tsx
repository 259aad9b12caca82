import type { ReactElement } from "react";
import { controlElementId } from "#scenario/page/asked-control.ts";
import { soon } from "#ui/soon.ts";
import { BatchControl } from "./BatchControl.tsx";
import { GpuControl } from "./GpuControl.tsx";
import { ModelControl } from "./ModelControl.tsx";
import { RankControl } from "./RankControl.tsx";
import styles from "./ScenarioPanel.module.css";
import { SequenceControl } from "./SequenceControl.tsx";

// In the static page, and brought to life a moment after the sliders; on a phone once the sheet is touched.
const BytesPerParameter = soon(
  async () => (await import("./BytesPerParameter.tsx")).BytesPerParameter,
  "bytes-per-parameter",
);
const ObjectiveRow = soon(async () => (await import("./SectionRows.tsx")).ObjectiveRow, "training-for");
const SectionRows = soon(async () => (await import("./SectionRows.tsx")).SectionRows, "sections");
const TargetModules = soon(async () => (await import("./TargetModules.tsx")).TargetModules, "target-modules");

/** The scenario: seven controls in sight, everything else a row that opens. */
export const ScenarioPanel = (): ReactElement => (
  <div className={styles.panel}>
    <div className={styles.fields}>
      <div id={controlElementId("model")}>
        <ModelControl />
      </div>
      <div id={controlElementId("gpu")}>
        <GpuControl />
      </div>
      <ObjectiveRow />
      <div id={controlElementId("batch")}>
        <BatchControl />
      </div>
      <div id={controlElementId("seq")}>
        <SequenceControl />
      </div>
      <div id={controlElementId("r")}>
        <RankControl />
      </div>
      <div id={controlElementId("targets")}>
        <TargetModules />
      </div>
      <div id={controlElementId("bytes")}>
        <BytesPerParameter />
      </div>
    </div>
    <SectionRows />
  </div>
);
