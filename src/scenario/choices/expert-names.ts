import type { ExpertRead, ExpertsChoice } from "#scenario/keys/values.ts";

/** How fused experts are stored. */
export const EXPERTS_NAMES: Readonly<Record<ExpertsChoice, string>> = {
  "16bit": "16-bit",
  "4bit": "4-bit",
  "8bit": "int8",
  mxfp4: "MXFP4",
};

/** For how long their 16-bit weights live. */
export const EXPERT_READ_NAMES: Readonly<Record<ExpertRead, string>> = {
  saved: "Saved for backward",
  rebuilt: "Rebuilt in backward",
};
