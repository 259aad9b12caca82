import type { ReactElement } from "react";
import { useScenario } from "#scenario/store.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { BatchControl } from "./BatchControl.tsx";
import { BytesPerParameter } from "./BytesPerParameter.tsx";
import { GpuControl } from "./GpuControl.tsx";
import { late } from "./late.tsx";
import { ModelControl } from "./ModelControl.tsx";
import { RankControl } from "./RankControl.tsx";
import styles from "./ScenarioPanel.module.css";
import { SECTION_IDS, SECTION_NAMES, type SectionId } from "./section-id.ts";
import { SequenceControl } from "./SequenceControl.tsx";
import { summariesOf } from "./summaries.ts";
import { TargetModules } from "./TargetModules.tsx";
import { useStack } from "./use-stack.ts";

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
