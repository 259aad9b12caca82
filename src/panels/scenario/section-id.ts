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
