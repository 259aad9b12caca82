import { create } from "zustand";

/** A way to bring a model that is not in the catalog, asked for from its list, with what was typed there. */
export type AskedSource = Readonly<{ of: "paste" | "hub"; typed: string }>;

const useAsked = create<Readonly<{ asked: AskedSource | null }>>(() => ({ asked: null }));

/** The way that somebody wants to go, until it has opened. */
export const useAskedSource = (): AskedSource | null => useAsked(({ asked }) => asked);

/** Opens one of the two ways under the model; the focus goes there. */
export const openSource = (asked: AskedSource): void => useAsked.setState({ asked });

/** It has opened. */
export const sourceOpened = (): void => useAsked.setState({ asked: null });
