import { create } from "zustand";
import { METHODS } from "#calc/model/scenario.ts";
import { asScenario } from "#scenario/choices/as-scenario.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { Measurement, OwnMeasurement } from "./measurement.ts";
import { useShown } from "./shown.ts";

/** What was measured, whatever scenario is open: the run that was opened last, and those that this browser keeps, the newest first. */
type Followed = Readonly<{ opened: Measurement | null; kept: readonly OwnMeasurement[] }>;

export const useFollowed = create<Followed>(() => ({ opened: null, kept: [] }));

/** What is looked at, and no part of what is counted. */
const LOOKS: readonly (keyof Choices)[] = ["method", "show"];
/** The page says of a reader's own run that it was another card's. */
const LOOKS_OF_OWN: readonly (keyof Choices)[] = [...LOOKS, "gpu", "used"];

/** Whether a measurement is one of a scenario: nothing that is counted is another, and its method is shown; never in an embed. */
export const isOf = ({ kind, method, choices: measured }: Measurement, choices: Choices): boolean => {
  if (choices.embed || !choices.show.includes(method)) return false;
  const looks = kind === "own" ? LOOKS_OF_OWN : LOOKS;
  return changedFields(asScenario(measured), asScenario(choices)).every((field) => looks.includes(field));
};

const measurementsOf = (choices: Choices, { opened, kept }: Followed): readonly Measurement[] => {
  const all = [...(opened === null ? [] : [opened]), ...kept].filter((each) => isOf(each, choices));
  return METHODS.flatMap((method) => all.find((each) => each.method === method) ?? []);
};

const show = (): void => {
  const choices = useScenario.getState().answer?.choices ?? null;
  const measurements = choices === null ? [] : measurementsOf(choices, useFollowed.getState());
  const shown = useShown.getState();
  const isSame =
    measurements.length === shown.measurements.length &&
    measurements.every((each, index) => each === shown.measurements[index]);
  if (choices !== shown.choices || !isSame)
    useShown.setState({ choices, measurements: isSame ? shown.measurements : measurements });
};

let follows = false;

/** From now on what was measured of the scenario stands in its answer. */
const follow = (): void => {
  if (follows) return;
  follows = true;
  useScenario.subscribe((state, before) => {
    if (state.answer !== before.answer) show();
  });
  useFollowed.subscribe(show);
};

/** Shows a run with its scenario, until another one is opened. */
export const showOpened = (opened: Measurement): void => {
  follow();
  useFollowed.setState({ opened });
};

/** Shows runs whenever their scenarios are open. */
export const showKept = (kept: readonly OwnMeasurement[]): void => {
  follow();
  useFollowed.setState({ kept });
};
