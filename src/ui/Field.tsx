// Frame of a control with label, hint, issue and reset, and its locked form.

import { type ReactElement, type ReactNode, useId } from "react";
import { Button } from "./Button.tsx";
import styles from "./Field.module.css";

/** A value that departs from a preset: what the preset would use, and the way back to it. */
export type Override = Readonly<{ sentence: string; reset: () => void }>;

/** What every labelled control has in common. */
export type FieldCommon = Readonly<{
  label: string;
  /** One or two short sentences under the control: what the value means, or why it cannot be changed. */
  hint?: ReactNode;
  override?: Override | null;
  /** The value as text, where it may not be changed here. */
  locked?: boolean;
  /** Small label, no hint, no ends: for a narrow embed. */
  compact?: boolean;
}>;

type FieldProps = FieldCommon &
  Readonly<{
    /** The labelled element; its hint has the id `${controlId}-hint`, its label `${controlId}-label`. */
    controlId: string;
    /** Several elements that answer one question: a fieldset with a legend. */
    group?: boolean;
    /** What stands at the right of the label. */
    aside?: ReactNode;
    /** What is wrong with the text in the field, and what is used instead. */
    issue?: string | null;
    children?: ReactNode;
  }>;

/** The frame of a control: label at the left, field or Reset at the right, the control, then what is wrong, changed or worth knowing. */
export const Field = (props: FieldProps): ReactElement => {
  const { controlId, label, group = false, issue, children, hint, override = null, compact = false } = props;
  const labelled = { id: `${controlId}-label`, className: styles.label };
  const content = (
    <>
      <Aside label={label} override={override}>
        {props.aside}
      </Aside>
      {issue ? <Issue id={`${controlId}-issue`} sentence={issue} /> : null}
      {children}
      {override === null ? null : <p className={styles.changed}>{override.sentence}</p>}
      <Hint id={`${controlId}-hint`}>{hint}</Hint>
    </>
  );
  const frame = {
    className: styles.field,
    "data-compact": compact,
    "data-changed": override !== null,
    "data-one-line": props.aside !== undefined,
  };
  return group ? (
    <fieldset {...frame} aria-describedby={hint ? `${controlId}-hint` : undefined}>
      <legend {...labelled}>{label}</legend>
      {content}
    </fieldset>
  ) : (
    <div {...frame}>
      <label {...labelled} htmlFor={controlId}>
        {label}
      </label>
      {content}
    </div>
  );
};

type AsideProps = Readonly<{ label: string; override: Override | null; children: ReactNode }>;

const Aside = ({ label, override, children }: AsideProps): ReactElement | null =>
  children === undefined && override === null ? null : (
    <div className={styles.aside}>
      {children}
      {override === null ? null : (
        <Button kind="link" aria-label={`Reset ${label}`} onClick={override.reset}>
          Reset
        </Button>
      )}
    </div>
  );

const Hint = ({ id, children }: Readonly<{ id: string; children: ReactNode }>): ReactElement | null =>
  children ? (
    <p className={styles.hint} id={id}>
      {children}
    </p>
  ) : null;

const Issue = ({ id, sentence }: Readonly<{ id: string; sentence: string }>): ReactElement => (
  <p className={styles.issue} id={id} role="alert">
    <svg className={styles.icon} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M6 1 11.5 11H.5Z" />
    </svg>
    {sentence}
  </p>
);

type LockedFieldProps = Readonly<{ label: string; value: string; compact?: boolean }>;

/** A value that may be read but not changed here: text without a border, beside its label; where that is narrow, under it. */
export const LockedField = ({ label, value, compact = false }: LockedFieldProps): ReactElement => {
  const id = useId();
  const text = (
    <output id={id} className={styles.value} data-compact={compact}>
      {value}
    </output>
  );
  return compact ? (
    <Field controlId={id} label={label} compact>
      {text}
    </Field>
  ) : (
    <Field controlId={id} label={label} aside={text} />
  );
};

/** One of several values, and the word that it is shown by. */
export type Option<Value extends string> = Readonly<{
  value: Value;
  label: string;
  /** Why it cannot be chosen now. */
  disabledWhy?: string | undefined;
}>;
