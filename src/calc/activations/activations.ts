import type { ActivationHooks } from "#calc/tape/tape.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Tape } from "#calc/tape/tape.ts";

type MakeHooks = (tape: Tape, options: StepOptions) => ActivationHooks | null;

const LOADED: MakeHooks[] = [];

/** Makes known what else than keeping them or running layers again can be done with activations. */
export const addActivations = (make: MakeHooks): void => void LOADED.push(make);

/** Whether that is here: it comes with `all-activations.ts`, which the full catalog brings. */
export const areActivationsKnown = (): boolean => LOADED.length > 0;

/** What a run does with activations beside that; null where nothing. */
export const activationHooks: MakeHooks = (tape, options) => LOADED[0]?.(tape, options) ?? null;
