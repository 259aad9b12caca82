import { create } from "zustand";
import type { OwnMeasurement } from "./measurement.ts";

const useAsked = create<Readonly<{ asked: OwnMeasurement | null }>>(() => ({ asked: null }));

/** Whether somebody wants to get to the line of a run, and is not there yet. */
export const useAsksForLine = (measurement: OwnMeasurement): boolean => useAsked(({ asked }) => asked === measurement);

/** Leads to the line of a run once it stands there. */
export const goToLine = (asked: OwnMeasurement): void => useAsked.setState({ asked });

/** The line has the focus. */
export const lineReached = (): void => useAsked.setState({ asked: null });
