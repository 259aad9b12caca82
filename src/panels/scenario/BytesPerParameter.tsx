// Controls for the number formats of weights, gradients and optimizer states.

import { formatName, type ParameterFormat } from "#calc/base/dtypes.ts";
import { STACK_WORDS } from "#scenario/words/key-words.ts";
import { type ReactElement, useId } from "react";
import { type Scale, SliderField } from "#ui/SliderField.tsx";
import { BYTES_SCALE, BASE_BYTES_SCALE } from "./scales.ts";
import { summandsOf } from "#calc/explain/factored-term.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Button } from "#ui/Button.tsx";
import { Field, LockedField, type Override } from "#ui/Field.tsx";
import { openSection } from "./sections.ts";
import styles from "./BytesPerParameter.module.css";
import { NumberInput, parseNumber, useNumberText } from "#ui/NumberField.tsx";
import { RadioRow } from "#ui/RadioRow.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { useIsPhone } from "#ui/window.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { useStack } from "./library-override.ts";
import {
  type BytesRow,
  bytesRows,
  bytesInWords,
  bytesSummary,
  formatsSummary,
  formatOfBytes,
} from "./parameter-formats.ts";

/** No rule of thumb has more. */
const MOST_BYTES = 64;

/** The slider's places, and what stands under its ends. */
type Track = Readonly<{ scale: Scale; ends: readonly [string, string] }>;

/** That of a flat accounting. */
const FLAT: Track = { scale: BYTES_SCALE, ends: ["0", "16 B"] };

/** Any number of bytes. */
const BytesSlider = ({
  row,
  locked,
  override,
  onChange,
  track: { scale, ends } = FLAT,
}: BytesRowProps & Readonly<{ track?: Track }>): ReactElement => (
  <SliderField
    label={row.label}
    locked={locked}
    override={override}
    scale={scale}
    ends={ends}
    value={row.bytes}
    min={0}
    max={MOST_BYTES}
    whole={false}
    step={0.5}
    format={bytesInWords}
    onChange={(bytes) => onChange(bytes)}
  />
);

const LABEL = "Bytes per parameter";

const TRACK = { scale: BASE_BYTES_SCALE, ends: ["0.5", "4"] } as const;

/** Bytes of a quantised weight, as the formula of the base has them; null where QLoRA is not shown. */
const quantisedBytes = ({ methods }: PageAnswer): number | null => {
  const terms = methods.find(({ method }) => method === "qlora")?.estimate.terms ?? [];
  const formula = terms.find(({ id }) => id === "weights")?.formula ?? [];
  const inputs = summandsOf(formula)
    .map((summand) => summand.filter((token) => typeof token !== "string"))
    .find((summand) => summand.some(({ name }) => name === "quantised parameters"));
  if (inputs === undefined) return null;
  return inputs.reduce((bytes, { name, value }) => (name === "quantised parameters" ? bytes : bytes * value), 1);
};

/** What a quantised weight takes: it follows from how the base is quantised, which this leads to. */
const Quantised = (): ReactElement => {
  const id = useId();
  const bytes = quantisedBytes(useAnswer());
  const quant = useScenario(({ choices }) => choices.quant);
  return (
    <Field
      controlId={id}
      label={LABEL}
      aside={
        <output id={id} className={styles.quantised}>
          {bytes === null ? STACK_WORDS.quant.values[quant] : bytesInWords(bytes)}
        </output>
      }
      hint={
        <>
          What {STACK_WORDS.quant.values[quant]} keeps of a linear layer’s weight.{" "}
          <Button kind="link" onClick={() => openSection("stack")}>
            Quantised base
          </Button>
        </>
      }
    />
  );
};

/** Bytes of a base weight for the method in focus: a slider, and any number in its field. */
const BaseBytes = ({ row, locked, override, onChange }: BytesRowProps): ReactElement => {
  const method = useScenario(({ choices }) => choices.method);
  return (
    <div className={styles.base}>
      {method === "qlora" ? (
        <Quantised />
      ) : (
        <BytesSlider
          row={{ ...row, label: LABEL }}
          locked={locked}
          override={override}
          track={TRACK}
          onChange={(bytes) => onChange(formatOfBytes(row.key, Number(bytes), row.dtype))}
        />
      )}
    </div>
  );
};

const DTYPES = [
  { value: "fp32", label: "fp32" },
  { value: "bf16", label: "bf16" },
  { value: "fp16", label: "fp16" },
  { value: "int8", label: "int8" },
] as const;

/** A row of the table: the role, its element type, its bytes. */
const BytesRowControl = (props: BytesRowProps): ReactElement =>
  props.locked ? (
    <LockedField label={props.row.label} value={`${bytesInWords(props.row.bytes)} B`} />
  ) : (
    <EditableRow {...props} />
  );

const EditableRow = ({ row, override, onChange }: BytesRowProps): ReactElement => {
  const id = useId();
  const { input, issue } = useNumberText({
    value: row.bytes,
    min: 0,
    max: MOST_BYTES,
    step: 1,
    whole: false,
    format: bytesInWords,
    parse: parseNumber,
    onChange: (bytes) => onChange(formatOfBytes(row.key, bytes, row.dtype)),
  });
  return (
    <fieldset className={styles.row} data-changed={override !== null}>
      <legend className={styles.label}>{row.label}</legend>
      <div className={styles.dtypes}>
        <RadioRow name={id} small options={DTYPES} value={row.dtype} onChange={onChange} />
      </div>
      <NumberInput id={id} input={{ ...input, "aria-label": `${row.label}, bytes` }} issue={issue} />
      {issue === null ? null : (
        <p className={styles.issue} id={`${id}-issue`} role="alert">
          {issue}
        </p>
      )}
      {override === null ? null : (
        <div className={styles.changed}>
          <span>{override.sentence}</span>
          <Button kind="link" aria-label={`Reset ${row.label}`} onClick={override.reset}>
            Reset
          </Button>
        </div>
      )}
    </fieldset>
  );
};

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
    onChange: (format) => changeChoices({ [row.key]: format === row.usual ? null : format }),
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
  return { sentence: `Changed. The stack uses ${preset}.`, reset: () => changeChoices({ [key]: null }) };
};

/** What the control of a row is given, whichever of its two looks it has. */
type BytesRowProps = Readonly<{
  row: BytesRow;
  locked: boolean;
  override: Override | null;
  onChange: (format: ParameterFormat) => void;
}>;
