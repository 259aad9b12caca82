import type { ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import type { Override } from "#ui/Field.tsx";
import { useIsPhone } from "#ui/use-is-phone.ts";
import styles from "./BytesPerParameter.module.css";
import { BytesRowControl } from "./BytesRowControl.tsx";
import { BytesSlider } from "./BytesSlider.tsx";
import { bytesRows, bytesSummary, type BytesRow } from "./bytes-rows.ts";
import { formatName, METHOD_NAMES } from "./names.ts";
import { useStack } from "./use-stack.ts";

/**
 * How many bytes each parameter takes in each of its roles. Open on wide windows. A flat accounting has sliders, since any number may stand
 * there; PyTorch's has element types.
 */
export const BytesPerParameter = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const stack = useStack();
  const { stateBytes, gpu } = useAnswer();
  const isPhone = useIsPhone();
  const rows = bytesRows(choices, stateBytes, gpu.traits);
  const isFlat = stack.accounting === "bytes-per-parameter";
  const Row = isFlat ? BytesSlider : BytesRowControl;
  return (
    <div id="bytes-per-parameter" className={styles.block}>
      <Disclosure
        label="Bytes per parameter"
        summary={`${METHOD_NAMES[choices.method]} ${bytesSummary(rows, choices.method)}`}
        defaultOpen={!isPhone}
      >
        <div className={isFlat ? styles.sliders : styles.rows}>
          {rows.map((row) => (
            <Row
              key={row.key}
              row={row}
              locked={choices.lock.includes(row.key)}
              override={overrideOf(row)}
              onChange={(format) => change({ [row.key]: format === row.usual ? null : format })}
            />
          ))}
        </div>
      </Disclosure>
    </div>
  );
};

const overrideOf = ({ key, usual, isOverridden }: BytesRow): Override | null => {
  if (!isOverridden) return null;
  const preset = usual === null ? "the dtype of the parameter" : formatName(usual);
  return { sentence: `Changed. The stack uses ${preset}.`, reset: () => change({ [key]: null }) };
};
