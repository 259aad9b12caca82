import { useShallow } from "zustand/react/shallow";
import type { Choices } from "#scenario/keys/choices.ts";
import { useScenario } from "./store.ts";

/** Some of the choices. Who asks for them is drawn anew when one of these changes, not when a slider moves another. */
export const useChoices = <Key extends keyof Choices>(...keys: readonly Key[]): Pick<Choices, Key> =>
  useScenario(
    useShallow(({ choices }) => Object.fromEntries(keys.map((key) => [key, choices[key]])) as Pick<Choices, Key>),
  );
