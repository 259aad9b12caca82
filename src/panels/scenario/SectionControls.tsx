import type { ComponentType, ReactElement } from "react";
import { LoraControls } from "./LoraControls.tsx";
import { MethodsShown } from "./MethodsShown.tsx";
import { ObjectiveControls } from "./ObjectiveControls.tsx";
import { RunControls } from "./RunControls.tsx";
import type { SectionId } from "./section-id.ts";
import { SeveralGpusControls } from "./SeveralGpusControls.tsx";
import { StackControls } from "./StackControls.tsx";
import { TrainingControls } from "./TrainingControls.tsx";
import { UsedMemoryControl } from "./UsedMemoryControl.tsx";

const SECTIONS: Readonly<Record<SectionId, ComponentType>> = {
  objective: ObjectiveControls,
  methods: MethodsShown,
  stack: StackControls,
  training: TrainingControls,
  run: RunControls,
  lora: LoraControls,
  gpus: SeveralGpusControls,
  used: UsedMemoryControl,
};

/** What lies under the closed rows of the scenario: one chunk, fetched when a row is about to be opened. */
export const SectionControls = ({ section }: Readonly<{ section: SectionId }>): ReactElement => {
  const Controls = SECTIONS[section];
  return <Controls />;
};
