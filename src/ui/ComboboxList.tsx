// Open list of a combobox with search and highlighted matches, and the types of options.

import { Combobox } from "@base-ui/react/combobox";
import type { ReactElement } from "react";
import type { ComboboxPlace } from "./Combobox.tsx";
import styles from "./ComboboxList.module.css";

/** A piece of a label, and whether the query asked for it. */
type Highlighted = Readonly<{ text: string; hit: boolean }>;

const escaped = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Cuts a label where the words of a query occur in it, in any order and case; the pieces joined give the label again. @internal */
export const highlight = (label: string, query: string): readonly Highlighted[] => {
  const words = query.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [{ text: label, hit: false }];
  const longestFirst = words.toSorted((a, b) => b.length - a.length).map(escaped);
  const pieces = label.split(new RegExp(`(${longestFirst.join("|")})`, "i"));
  return pieces.map((text, index) => ({ text, hit: index % 2 === 1 })).filter(({ text }) => text !== "");
};

type ComboboxListProps = ComboboxPlace &
  Readonly<{
    /** The id of the chosen line; null when what is chosen is not in the list. */
    chosenId: string | null;
    placeholder: string;
    /** The lines for a query; for an empty one, what is offered before anything is typed. */
    find: (query: string) => readonly ComboboxGroup[];
    onChoose: (id: string) => void;
  }>;

/** So many lines are drawn; more would be scrolled past and not read. */
const MOST_LINES = 60;

type Shown = Readonly<{
  groups: readonly Readonly<{ value: string; items: readonly ComboboxOption[] }>[];
  more: number;
}>;

const shownOf = (groups: readonly ComboboxGroup[]): Shown => {
  let left = MOST_LINES;
  let more = 0;
  const shown = groups.map(({ label, options }) => {
    const items = options.slice(0, left);
    left -= items.length;
    more += options.length - items.length;
    return { value: label, items };
  });
  return { groups: shown.filter(({ items }) => items.length > 0), more };
};

/** The open list of a combobox with its search field in the place of the closed control. Needs no style element under the page's policy. */
export const ComboboxList = (props: ComboboxListProps): ReactElement => {
  const { query } = props;
  const found = props.find(query);
  const { groups, more } = shownOf(found);
  const notes = found.flatMap(({ note }) => note ?? []);
  const options = groups.flatMap(({ items }) => items);
  const chosen = options.find(({ id }) => id === props.chosenId) ?? null;
  const choose = (option: ComboboxOption | null): void => {
    if (option === null) return;
    props.onChoose(option.id);
    props.onClose();
  };
  return (
    <Combobox.Root
      open
      items={groups}
      filteredItems={groups}
      value={chosen}
      onValueChange={choose}
      isItemEqualToValue={(a: ComboboxOption, b: ComboboxOption) => a.id === b.id}
      inputValue={query}
      onInputValueChange={(typed, { reason }) => {
        if (reason === "input-change" || reason === "input-clear") props.onQuery(typed);
      }}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      autoHighlight
    >
      <Combobox.Portal>
        <Combobox.Positioner
          className={styles.positioner}
          anchor={props.anchor}
          align="start"
          sideOffset={({ anchor }) => -anchor.height}
        >
          <Combobox.Popup className={styles.popup} aria-label={props.label} finalFocus={props.anchor}>
            <Combobox.Input
              className={styles.input}
              aria-label={`Search: ${props.label}`}
              placeholder={props.placeholder}
            />
            <Combobox.Empty className={styles.note}>
              {groups.length === 0 ? "Nothing found. Try fewer words." : null}
            </Combobox.Empty>
            <Combobox.Status className={styles.note}>{notes.join(" ")}</Combobox.Status>
            <Combobox.List className={styles.list}>
              {(group: Shown["groups"][number]) => (
                <Combobox.Group key={group.value} items={group.items}>
                  <Combobox.GroupLabel className={styles.heading}>{group.value}</Combobox.GroupLabel>
                  <Combobox.Collection>
                    {(option: ComboboxOption) => (
                      <Combobox.Item key={option.id} value={option} className={styles.item}>
                        <Label text={option.label} query={query} />
                        <span className={styles.detail}>{option.detail}</span>
                      </Combobox.Item>
                    )}
                  </Combobox.Collection>
                </Combobox.Group>
              )}
            </Combobox.List>
            <Combobox.Status className={styles.note}>
              {more > 0 ? `${more} more. Type to narrow.` : null}
            </Combobox.Status>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
};

const Label = ({ text, query }: Readonly<{ text: string; query: string }>): ReactElement => (
  <span className={styles.label}>
    {highlight(text, query).map((piece, index) =>
      // Pieces have no identity but their place.
      piece.hit ? (
        <mark key={index} className={styles.hit}>
          {piece.text}
        </mark>
      ) : (
        piece.text
      ),
    )}
  </span>
);

/** One line of a searchable list. */
export type ComboboxOption = Readonly<{
  id: string;
  label: string;
  /** At the right of the line: a size. */
  detail?: string | undefined;
}>;

/** Lines under one heading. */
export type ComboboxGroup = Readonly<{
  label: string;
  options: readonly ComboboxOption[];
  /** Said above all lines where these stand for something that was not found. */
  note?: string;
}>;
