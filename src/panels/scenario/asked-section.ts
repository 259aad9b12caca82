import { create } from "zustand";
import type { SectionId } from "./section-id.ts";

type AskedSection = Readonly<{
  section: SectionId | null;
  /** How often one was asked for: the same one twice is asked for twice. */
  times: number;
}>;

/** Which row of the scenario was asked for from elsewhere on the page. */
export const useAskedSection = create<AskedSection>()(() => ({ section: null, times: 0 }));

/** Opens a row of the scenario and puts the focus on it. */
export const openSection = (section: SectionId): void =>
  useAskedSection.setState(({ times }) => ({ section, times: times + 1 }));
