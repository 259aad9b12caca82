import { useId, type ReactElement } from "react";
import { Field } from "./Field.tsx";
import { LockedField } from "./LockedField.tsx";
import type { NumberFieldProps } from "./NumberField.tsx";
import { NumberInput } from "./NumberInput.tsx";
import { parseNumber } from "./parse-number.ts";
import type { Scale } from "./scale.ts";
import { Slider } from "./Slider.tsx";
import { SliderEnds } from "./SliderEnds.tsx";
import { useNumberText } from "./use-number-text.ts";
import styles from "./SliderField.module.css";

export type SliderFieldProps = NumberFieldProps &
  Readonly<{
    scale: Scale;
    /** The words at the slider's ends. */
    ends: readonly [first: string, last: string];
    /** Past this value the track is dashed. */
    limit?: number | undefined;
  }>;

/** A number that can be dragged to round values or typed to any value. */
export const SliderField = (props: SliderFieldProps): ReactElement => {
  if (props.locked)
    return (
      <LockedField label={props.label} value={(props.format ?? String)(props.value)} compact={props.compact ?? false} />
    );
  return props.compact ? <CompactSlider {...props} /> : <FullSlider {...props} />;
};

const FullSlider = (props: SliderFieldProps): ReactElement => {
  const { step = 1, whole = true, format = String, parse = parseNumber, hint, override = null } = props;
  const id = useId();
  const { input, issue } = useNumberText({ ...props, step, whole, format, parse });
  return (
    <Field
      controlId={id}
      label={props.label}
      issue={issue}
      hint={hint}
      override={override}
      aside={<NumberInput id={id} input={input} issue={issue} unit={props.unit} />}
    >
      <div className={styles.slider}>
        <Slider
          scale={props.scale}
          value={props.value}
          onChange={props.onChange}
          valueText={format(props.value)}
          labelledBy={`${id}-label`}
          describedBy={hint ? `${id}-hint` : undefined}
          limit={props.limit}
        />
        <SliderEnds ends={props.ends} />
      </div>
    </Field>
  );
};

const CompactSlider = (props: SliderFieldProps): ReactElement => {
  const { label, value, format = String } = props;
  const id = useId();
  return (
    <Field controlId={id} label={label} compact aside={<output className={styles.value}>{format(value)}</output>}>
      <Slider
        id={id}
        scale={props.scale}
        value={value}
        onChange={props.onChange}
        valueText={format(value)}
        labelledBy={`${id}-label`}
        limit={props.limit}
      />
    </Field>
  );
};
