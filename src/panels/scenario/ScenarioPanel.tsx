import type { ReactElement } from "react";
import { useScenario } from "#scenario/store.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { late } from "#ui/late.tsx";
import { BatchControl } from "./BatchControl.tsx";
import { GpuControl } from "./GpuControl.tsx";
import { ModelControl } from "./ModelControl.tsx";
import { RankControl } from "./RankControl.tsx";
import styles from "./ScenarioPanel.module.css";
import { SECTION_IDS, SECTION_NAMES, type SectionId } from "./section-id.ts";
import { SequenceControl } from "./SequenceControl.tsx";
import { summariesOf } from "./summaries.ts";
import { useStack } from "./use-stack.ts";

// In sight from the start, in the static page, and brought to life a moment after the sliders.
const bytesPerParameter = late(async () => (await import("./BytesPerParameter.tsx")).BytesPerParameter);
const targetModules = late(async () => (await import("./TargetModules.tsx")).TargetModules);
// Fetched while the link is still being read: what they push down must not jump when they arrive.
bytesPerParameter.prefetch();
targetModules.prefetch();

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
    <Rest />
  </div>
);

const sections = late<Readonly<{ section: SectionId }>>(
  async () => (await import("./SectionControls.tsx")).SectionControls,
);

const Rest = (): ReactElement => {
  const summaries = summariesOf(
    useScenario((state) => state.choices),
    useStack(),
  );
  return (
    <div className={styles.rest} onPointerEnter={sections.prefetch} onFocus={sections.prefetch}>
      {SECTION_IDS.map((section) => (
        <Disclosure key={section} label={SECTION_NAMES[section]} summary={summaries[section]}>
          <sections.Part section={section} />
        </Disclosure>
      ))}
    </div>
  );
};
