import { create } from "zustand";
import type { SectionId } from "./section-keys.ts";

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
export const sectionOpened = (): void => useAskedSection.setState({ section: null });
