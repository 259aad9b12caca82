// Scenario panel: the seven main controls and the rows that open.

import type { ReactElement } from "react";
import { type Choices, RANGES } from "#scenario/keys/choices.ts";
import { formatCount } from "#format/numbers.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario, controlElementId } from "#scenario/page/store.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { RANK_SCALE } from "./scales.ts";
import { useLocked } from "./control-state.ts";
import { hydratedPart } from "#ui/late-parts.tsx";
import { BatchControl, ModelControl, SequenceControl } from "./BasicControls.tsx";
import { GpuControl } from "./GpuControl.tsx";
import styles from "./ScenarioPanel.module.css";

/** What the number is for tuners that have no rank. */
const LABELS: Partial<Record<Choices["tuner"], string>> = { oft: "OFT block size", prompt_tuning: "Virtual tokens" };

/** The rank of the adapters, or the number that a tuner has in its place. */
const RankControl = (): ReactElement => {
  const hasAdapters = useScenario(({ choices }) => choices.show.some((method) => method !== "full"));
  const tuner = useScenario(({ choices }) => choices.tuner);
  return (
    <SliderField
      label={LABELS[tuner] ?? "LoRA rank"}
      locked={useLocked("r")}
      scale={RANK_SCALE}
      ends={["1", "512"]}
      value={useScenario(({ choices }) => choices.r)}
      min={RANGES.r.min}
      max={RANGES.r.max}
      format={formatCount}
      hint={hasAdapters ? unranked(tuner) : "LoRA and QLoRA only."}
      onChange={(r) => changeChoices({ r })}
    />
  );
};

const unranked = (tuner: Choices["tuner"]): string | null => (tuner === "ia3" ? "IA³ has no rank." : null);

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
