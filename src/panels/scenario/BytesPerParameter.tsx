import { formatName } from "#calc/base/dtype.ts";
import type { ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import type { Override } from "#ui/Field.tsx";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { BaseBytes } from "./BaseBytes.tsx";
import styles from "./BytesPerParameter.module.css";
import { BytesRowControl } from "./BytesRowControl.tsx";
import { BytesSlider } from "./BytesSlider.tsx";
import type { BytesRowProps } from "./bytes-row-props.ts";
import { bytesRows, bytesSummary, formatsSummary, type BytesRow } from "./bytes-rows.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { useStack } from "./use-stack.ts";

/**
 * How many bytes each parameter takes in each of its roles. A flat accounting has a slider for each, since any number may stand there. PyTorch's has one for
 * the base weights, and element types behind it.
 */
export const BytesPerParameter = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const isFlat = useStack().accounting === "bytes-per-parameter";
  const { stateBytes, gpu } = useAnswer();
  const isPhone = useIsPhone();
  const rows = bytesRows(choices, stateBytes, gpu.traits);
  const propsOf = (row: BytesRow): BytesRowProps => ({
    row,
    locked: choices.lock.includes(row.key),
    override: overrideOf(row),
    onChange: (format) => change({ [row.key]: format === row.usual ? null : format }),
  });
  const [base] = rows;
  return (
    <div id="bytes-per-parameter" className={styles.block}>
      {isFlat || base === undefined ? (
        <Disclosure
          label="Bytes per parameter"
          summary={`${METHOD_NAMES[choices.method].label} ${bytesSummary(rows, choices.method)}`}
          defaultOpen={!isPhone}
        >
          <div className={styles.sliders}>
            {rows.map((row) => (
              <BytesSlider key={row.key} {...propsOf(row)} />
            ))}
          </div>
        </Disclosure>
      ) : (
        <>
          <BaseBytes {...propsOf(base)} />
          <Disclosure label="Formats" summary={formatsSummary(rows, choices)}>
            <div className={styles.rows}>
              {rows.map((row) => (
                // What is changed of the base is said at its slider.
                <BytesRowControl
                  key={row.key}
                  {...propsOf(row)}
                  {...(row === base && choices.method !== "qlora" && { override: null })}
                />
              ))}
            </div>
          </Disclosure>
        </>
      )}
    </div>
  );
};

const overrideOf = ({ key, usual, isOverridden }: BytesRow): Override | null => {
  if (!isOverridden) return null;
  const preset = usual === null ? "the dtype of the parameter" : formatName(usual);
  return { sentence: `Changed. The stack uses ${preset}.`, reset: () => change({ [key]: null }) };
};
