// Searchable select; its list loads when the pointer or the focus comes near.

import {
  useId,
  useRef,
  useState,
  type ComponentType,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
} from "react";
import { Chevron } from "./Chevron.tsx";
import { Field, type FieldCommon, LockedField } from "./Field.tsx";
import styles from "./Combobox.module.css";

type ComboboxProps = FieldCommon &
  Readonly<{
    /** What is chosen, in words, and its size. */
    value: Readonly<{ label: string; detail?: string | undefined }>;
    /**
     * Fetches the list, a `ComboboxList` with its lines: a chunk of its own, since nobody waits for it who does not open it. One function, not a
     * new one at each render.
     */
    loadList: () => Promise<ComponentType<ComboboxPlace>>;
    /** Between the box and what follows. */
    children?: ReactNode;
  }>;

type ListPart = Readonly<{ Part: ComponentType<ComboboxPlace> }>;

/** A searchable choice. Closed, it is a plain button that shows the value; the list is fetched when the pointer or the focus comes near. */
export const Combobox = (props: ComboboxProps): ReactElement =>
  props.locked ? (
    <LockedField label={props.label} value={props.value.label} compact={props.compact ?? false} />
  ) : (
    <OpenableCombobox {...props} />
  );

const OpenableCombobox = (props: ComboboxProps): ReactElement => {
  const { label, hint, override = null, compact = false } = props;
  /** What is searched for; null: closed. Kept here, so that keys typed while the list is still on its way are not lost. */
  const [query, setQuery] = useState<string | null>(null);
  const [list, setList] = useState<ListPart | null>(null);
  const [failed, setFailed] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  const prefetch = (): void => {
    props.loadList().then(
      (Part) => setList((known) => known ?? { Part }),
      () => setFailed(true),
    );
  };
  const open = (key: string): void => {
    setFailed(false);
    prefetch();
    setQuery((typed) => (typed ?? "") + key);
  };
  return (
    <Field
      controlId={id}
      label={label}
      compact={compact}
      override={override}
      hint={hint}
      issue={failed && list === null ? "The list could not be loaded. Press to try again." : null}
    >
      <button
        ref={button}
        id={id}
        type="button"
        className={styles.button}
        data-compact={compact}
        aria-haspopup="dialog"
        aria-expanded={query !== null && list !== null}
        aria-labelledby={`${id}-label ${id}-value`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onPointerEnter={prefetch}
        onFocus={prefetch}
        onClick={() => open("")}
        onKeyDown={(event) => openByKey(event, open)}
      >
        <Value id={`${id}-value`} {...props.value} />
        <Chevron to="down" />
      </button>
      {query === null || list === null ? null : (
        <list.Part label={label} anchor={button} query={query} onQuery={setQuery} onClose={() => setQuery(null)} />
      )}
      {props.children}
    </Field>
  );
};

/** Arrows open the list; a letter opens it and is the first one searched for. */
const openByKey = (event: KeyboardEvent, open: (key: string) => void): void => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const types = event.key.length === 1 && event.key !== " ";
  if (!types && event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  open(types ? event.key : "");
};

const Value = ({ id, label, detail }: ComboboxProps["value"] & Readonly<{ id: string }>): ReactElement => (
  <span className={styles.value} id={id}>
    <span className={styles.label}>{label}</span>{" "}
    {detail === undefined ? null : <span className={styles.detail}>{detail}</span>}
  </span>
);

/** What an open list is told by the closed control that it covers. */
export type ComboboxPlace = Readonly<{
  label: string;
  /** The closed control. */
  anchor: RefObject<HTMLButtonElement | null>;
  /** What is searched for, keys typed on the closed control included. */
  query: string;
  onQuery: (query: string) => void;
  onClose: () => void;
}>;
