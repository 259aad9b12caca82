// Scenario panel: the seven main controls and the rows that open.

import type { ReactElement } from "react";
import { controlElementId } from "#scenario/page/store.ts";
import { hydratedPart } from "#ui/late-parts.tsx";
import { BatchControl, ModelControl, SequenceControl, RankControl } from "./BasicControls.tsx";
import { GpuControl } from "./GpuControl.tsx";
import styles from "./ScenarioPanel.module.css";

// In the static page, and brought to life a moment after the sliders; on a phone once the sheet is touched.
const BytesPerParameter = hydratedPart(
  async () => (await import("./BytesPerParameter.tsx")).BytesPerParameter,
  "bytes-per-parameter",
);
const ObjectiveRow = hydratedPart(async () => (await import("./SectionRows.tsx")).ObjectiveRow, "training-for");
const SectionRows = hydratedPart(async () => (await import("./SectionRows.tsx")).SectionRows, "sections");
const TargetModules = hydratedPart(async () => (await import("./TargetModules.tsx")).TargetModules, "target-modules");

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
