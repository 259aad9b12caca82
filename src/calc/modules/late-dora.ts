import type { Tensor } from "#calc/tape/tape.ts";
import type { Adapter, LoadedLinear } from "./loaded.ts";

/** What a linear with DoRA gives, from its input and what the base gave. */
type WithDora = (module: LoadedLinear, adapter: Adapter, tensors: readonly [x: Tensor, result: Tensor]) => Tensor;

const LOADED: WithDora[] = [];

/** Makes DoRA known. */
export const addDora = (make: WithDora): void => void LOADED.push(make);

/** Whether it is: it comes with `families/all-families.ts`, which the full catalog brings. */
export const isDoraKnown = (): boolean => LOADED.length > 0;

/** What a linear with this adapter gives, if it is DoRA's; null too where that is not known. */
export const doraOf = ({ magnitude }: Adapter): WithDora | null => (magnitude && LOADED[0]) ?? null;
