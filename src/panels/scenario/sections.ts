// Sections of the scenario panel: their names and keys, and the one requested from elsewhere.

import type { ChoiceKey } from "#scenario/keys/choices.ts";
import { GPUS, LORA, METHOD, OBJECTIVE, RUN, STACK, TRAINING, USED } from "#scenario/keys/keys.ts";
import { create } from "zustand";

// Object.keys of a closed table gives its keys; its type cannot say so.
const keysOf = <Name extends ChoiceKey>(section: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(section) as Name[];

/** The keys that are set under each row that opens. */
export const SECTION_KEYS: Readonly<Record<SectionId, readonly ChoiceKey[]>> = {
  objective: keysOf(OBJECTIVE),
  methods: keysOf(METHOD),
  stack: keysOf(STACK),
  training: keysOf(TRAINING),
  run: keysOf(RUN),
  lora: keysOf(LORA),
  gpus: keysOf(GPUS),
  used: keysOf(USED),
};

/** The rows that open, in page order. */
export const SECTION_IDS = ["objective", "methods", "stack", "training", "run", "lora", "gpus", "used"] as const;
export type SectionId = (typeof SECTION_IDS)[number];

export const SECTION_NAMES: Readonly<Record<SectionId, string>> = {
  objective: "Training for",
  methods: "Methods shown",
  stack: "Stack and precision",
  training: "Training",
  run: "Evaluation and saving",
  lora: "LoRA",
  gpus: "Several GPUs",
  used: "Memory already in use",
};

type AskedSection = Readonly<{
  section: SectionId | null;
  /** How often one was asked for: the same one twice is asked for twice. */
  times: number;
}>;

/** Which row of the scenario was asked for from elsewhere on the page, until it has opened. */
export const useAskedSection = create<AskedSection>(() => ({ section: null, times: 0 }));

/** Opens a row of the scenario and puts the focus on it. */
export const openSection = (section: SectionId): void =>
  useAskedSection.setState(({ times }) => ({ section, times: times + 1 }));

/** The row has opened: drawn anew, it does not open again by itself. */
export const clearAskedSection = (): void => useAskedSection.setState({ section: null });
