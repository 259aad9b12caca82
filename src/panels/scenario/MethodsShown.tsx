import type { ReactElement } from "react";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Chips } from "#ui/Chips.tsx";
import { METHOD_NAMES } from "#scenario/choices/method-names.ts";
import { useLocked } from "./use-locked.ts";

/** Which methods are compared; the last one cannot be switched off. */
export const MethodsShown = (): ReactElement => {
  const { show, method } = useChoices("show", "method");
  const only = show.length === 1;
  const choose = (methods: readonly MethodId[]): void => {
    const focused = methods.includes(method) ? method : methods[0];
    if (focused !== undefined) change({ show: methods, method: focused });
  };
  return (
    <Chips
      label="Methods"
      locked={useLocked("show")}
      choose="many"
      options={METHODS.map((id) => ({
        value: id,
        label: METHOD_NAMES[id].label,
        disabledWhy: only && show.includes(id) ? "The last one stays." : undefined,
      }))}
      selected={show}
      hint={only ? "The last one stays." : null}
      onChange={choose}
    />
  );
};
