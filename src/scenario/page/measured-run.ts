import { create } from "zustand";
import type { AccuracyRun } from "#catalog/accuracy.ts";
import { asScenario } from "#scenario/choices/as-scenario.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { openLink } from "./open-link.ts";

/** A published run, and where it was published. */
export type MeasuredRun = AccuracyRun & Readonly<{ sourceUrl: string }>;

/** The run that was opened last, and the choices that stand for it. */
type Opened = Readonly<{ run: MeasuredRun; choices: Choices }>;

const useOpened = create<Readonly<{ opened: Opened | null }>>(() => ({ opened: null }));

/** What is looked at, and no part of what is counted. */
const LOOKS: readonly (keyof Choices)[] = ["method", "show"];

const isCountedAlike = (one: Choices, other: Choices): boolean =>
  changedFields(asScenario(one), asScenario(other)).every((field) => LOOKS.includes(field));

/** Opens the scenario of a published run, and keeps what was measured of it beside the choices. */
export const openRun = async (run: MeasuredRun): Promise<void> => {
  const choices = await openLink(run.link);
  if (choices !== null) useOpened.setState({ opened: { run, choices } });
};

/** The run that these choices are of, as long as its method is shown and nothing that is counted is another; never in an embed. */
export const useMeasuredRun = (choices: Choices): MeasuredRun | null => {
  const { opened } = useOpened();
  if (opened === null || choices.embed || !choices.show.includes(opened.run.method)) return null;
  return isCountedAlike(opened.choices, choices) ? opened.run : null;
};
