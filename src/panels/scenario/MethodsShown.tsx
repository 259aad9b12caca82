import type { ReactElement } from "react";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Chips } from "#ui/Chips.tsx";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { useLocked } from "./use-locked.ts";

/** Which methods are compared; the last one cannot be switched off. */
export const MethodsShown = (): ReactElement => {
  const { show, method } = useChoices("show", "method");
  const isFocusLocked = useLocked("method");
  const only = show.length === 1;
  const whyStays = (id: MethodId): string | undefined => {
    if (only && show.includes(id)) return "The last one stays.";
    return isFocusLocked && id === method ? "The method in focus is fixed." : undefined;
  };
  return (
    <Chips
      label="Methods"
      locked={useLocked("show")}
      choose="many"
      options={METHODS.map((id) => ({
        value: id,
        label: METHOD_NAMES[id].label,
        disabledWhy: whyStays(id),
      }))}
      selected={show}
      hint={only ? "The last one stays." : null}
      onChange={(methods) => change({ show: methods })}
    />
  );
};
