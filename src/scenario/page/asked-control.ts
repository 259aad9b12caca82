import { create } from "zustand";

/** The controls that something on the page can lead to. `section`: a row that opens, and takes the focus by itself. */
export type ControlId = "model" | "gpu" | "batch" | "seq" | "r" | "targets" | "bytes" | "section";

/** The id of the element that holds a control. */
export const controlElementId = (id: ControlId): string => `control-${id}`;

const useAsked = create<Readonly<{ asked: ControlId | null }>>(() => ({ asked: null }));

/** The control that somebody wants to get to, and is not there yet. */
export const useAskedControl = (): ControlId | null => useAsked(({ asked }) => asked);

/** Leads to a control, wherever it is: on a phone its sheet opens. */
export const goToControl = (asked: ControlId): void => useAsked.setState({ asked });

/** The control has the focus. */
export const controlReached = (): void => useAsked.setState({ asked: null });
