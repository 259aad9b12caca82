/** The versions whose fields exported files have: those that the lists of `tests/golden/config-keys.json` were read in (`tools/exports/list_keys.py`). */
export const VERSIONS = {
  transformers: "5.24.0",
  peft: "0.21.2",
  trl: "1.16.0",
  accelerate: "1.15.0",
  axolotl: "0.18.0",
  llamafactory: "0.9.5",
  torchtune: "0.6.1",
  "ms-swift": "4.6.0",
  torchtitan: "0.2.2",
  deepspeed: "0.19.8",
  unsloth: "2026.8.19",
} as const;
