import type { LinkKey } from "#scenario/keys/choices.ts";
import { type ControlId, goToControl } from "#scenario/page/asked-control.ts";
import { openSection } from "#panels/scenario/asked-section.ts";
import type { SectionId } from "#panels/scenario/section-id.ts";
import { SECTION_KEYS } from "#panels/scenario/section-keys.ts";

/** Controls that stand open, by the keys that they set. */
const OPEN: Readonly<Partial<Record<LinkKey, ControlId>>> = {
  model: "model",
  params: "model",
  arch: "model",
  gpu: "gpu",
  vram: "gpu",
  gpus: "gpu",
  batch: "batch",
  seq: "seq",
  r: "r",
  targets: "targets",
  weights: "bytes",
  grads: "bytes",
  states: "bytes",
  adapters: "bytes",
};

const sectionOf = (key: LinkKey): SectionId | undefined =>
  (Object.keys(SECTION_KEYS) as readonly SectionId[]).find((section) =>
    SECTION_KEYS[section].some((each) => each === key),
  );

/** Whether some control sets a key. */
export const hasControl = (key: LinkKey): boolean => Object.hasOwn(OPEN, key) || sectionOf(key) !== undefined;

/** Leads to the control that sets a key, wherever it is. */
export const goToKey = (key: LinkKey): void => {
  const control = OPEN[key];
  const section = sectionOf(key);
  if (control !== undefined) goToControl(control);
  if (section === undefined) return;
  goToControl("section");
  openSection(section);
};
