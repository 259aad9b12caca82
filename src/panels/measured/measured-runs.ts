// State of measured runs, and opening the scenario of a measured row.

import { create } from "zustand";
import { METHODS } from "#calc/model/scenario.ts";
import { asScenario, changedFields } from "#scenario/choices/settle.ts";
import { type Choices, hasKnownRows } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { type Measurement, type OwnMeasurement, ownMeasurement } from "./measurement-marks.ts";
import { useShownMeasurements } from "./shown-measurements.ts";
import type { RowOfScenario } from "#interop/measure/measured-rows.ts";
import { changeChoices, ensureFullCatalog, undo } from "#scenario/page/actions.ts";

/** What was measured, whatever scenario is open: the run that was opened last, and those that this browser keeps, the newest first. */
type Followed = Readonly<{ opened: Measurement | null; kept: readonly OwnMeasurement[] }>;

export const useMeasuredRuns = create<Followed>(() => ({ opened: null, kept: [] }));

/** What is looked at, and no part of what is counted. */
const LOOKS: readonly (keyof Choices)[] = ["method", "show"];
/** The page says of a reader's own run that it was another card's. */
const LOOKS_OF_OWN: readonly (keyof Choices)[] = [...LOOKS, "gpu", "used"];

/** Whether a measurement is one of a scenario: nothing that is counted is another, and its method is shown; never in an embed. */
const isMeasurementOf = ({ kind, method, choices: measured }: Measurement, choices: Choices): boolean => {
  if (choices.embed || !choices.show.includes(method)) return false;
  const looks = kind === "own" ? LOOKS_OF_OWN : LOOKS;
  return changedFields(asScenario(measured), asScenario(choices)).every((field) => looks.includes(field));
};

const measurementsOf = (choices: Choices, { opened, kept }: Followed): readonly Measurement[] => {
  const all = [...(opened === null ? [] : [opened]), ...kept].filter((each) => isMeasurementOf(each, choices));
  return METHODS.flatMap((method) => all.find((each) => each.method === method) ?? []);
};

const show = (): void => {
  const choices = useScenario.getState().answer?.choices ?? null;
  const measurements = choices === null ? [] : measurementsOf(choices, useMeasuredRuns.getState());
  const shown = useShownMeasurements.getState();
  const isSame =
    measurements.length === shown.measurements.length &&
    measurements.every((each, index) => each === shown.measurements[index]);
  if (choices !== shown.choices || !isSame)
    useShownMeasurements.setState({ choices, measurements: isSame ? shown.measurements : measurements });
};

let follows = false;

/** From now on what was measured of the scenario stands in its answer. */
const follow = (): void => {
  if (follows) return;
  follows = true;
  useScenario.subscribe((state, before) => {
    if (state.answer !== before.answer) show();
  });
  useMeasuredRuns.subscribe(show);
};

/** Shows a run with its scenario, until another one is opened. */
export const showOpened = (opened: Measurement): void => {
  follow();
  useMeasuredRuns.setState({ opened });
};

/** Shows runs whenever their scenarios are open. */
export const showKept = (kept: readonly OwnMeasurement[]): void => {
  follow();
  useMeasuredRuns.setState({ kept });
};

const useAsked = create<Readonly<{ asked: OwnMeasurement | null }>>(() => ({ asked: null }));

/** Whether somebody wants to get to the line of a run, and is not there yet. */
export const useAsksForLine = (measurement: OwnMeasurement): boolean => useAsked(({ asked }) => asked === measurement);

/** Leads to the line of a run once it stands there. */
const goToLine = (asked: OwnMeasurement): void => useAsked.setState({ asked });

/** The line has the focus. */
export const clearAskedLine = (): void => useAsked.setState({ asked: null });

const LOCKED = "The link locks controls of this page: the scenario of the measured row cannot be opened in it.";

/** Opens the scenario of a row in one step that can be taken back, with what was measured beside it. Returns why it cannot; null where it is open. */
export const openMeasuredRow = (taken: RowOfScenario): string | null => {
  const { choices: before } = useScenario.getState();
  const measurement = ownMeasurement(taken);
  changeChoices(taken.choices);
  const { choices: after, catalog } = useScenario.getState();
  if (!isMeasurementOf(measurement, after)) {
    if (after !== before) undo();
    return LOCKED;
  }
  if (!hasKnownRows(catalog, after)) void ensureFullCatalog().catch(() => undefined);
  showOpened(measurement);
  goToLine(measurement);
  return null;
};
