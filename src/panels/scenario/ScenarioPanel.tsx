import type { ReactElement } from "react";
import { useScenario } from "#scenario/store.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { BatchControl } from "./BatchControl.tsx";
import { BytesPerParameter } from "./BytesPerParameter.tsx";
import { GpuControl } from "./GpuControl.tsx";
import { LoraControls } from "./LoraControls.tsx";
import { MethodsShown } from "./MethodsShown.tsx";
import { ModelControl } from "./ModelControl.tsx";
import { RankControl } from "./RankControl.tsx";
import styles from "./ScenarioPanel.module.css";
import { SequenceControl } from "./SequenceControl.tsx";
import { SeveralGpusControls } from "./SeveralGpusControls.tsx";
import { StackControls } from "./StackControls.tsx";
import { summariesOf } from "./summaries.ts";
import { TargetModules } from "./TargetModules.tsx";
import { TrainingControls } from "./TrainingControls.tsx";
import { UsedMemoryControl } from "./UsedMemoryControl.tsx";
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

const Rest = (): ReactElement => {
  const summaries = summariesOf(
    useScenario((state) => state.choices),
    useStack(),
  );
  return (
    <div className={styles.rest}>
      <Disclosure label="Methods shown" summary={summaries.methods}>
        <MethodsShown />
      </Disclosure>
      <Disclosure label="Stack and precision" summary={summaries.stack}>
        <StackControls />
      </Disclosure>
      <Disclosure label="Training" summary={summaries.training}>
        <TrainingControls />
      </Disclosure>
      <Disclosure label="LoRA" summary={summaries.lora}>
        <LoraControls />
      </Disclosure>
      <Disclosure label="Several GPUs" summary={summaries.gpus}>
        <SeveralGpusControls />
      </Disclosure>
      <Disclosure label="Memory already in use" summary={summaries.used}>
        <UsedMemoryControl />
      </Disclosure>
    </div>
  );
};
