// Actions of the phone's menu: compare, embed, redo and theme.

import type { ReactElement } from "react";
import { redo, useArePinsFull } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { addToComparison } from "./PageSections.tsx";
import styles from "./PageSections.module.css";
import { useTheme } from "./theme.ts";

type ActionProps = Readonly<{ name: string; says: string; disabled?: boolean; act: () => void }>;

const Action = ({ name, says, disabled = false, act }: ActionProps): ReactElement => (
  <li>
    <button type="button" className={styles.action} aria-disabled={disabled} onClick={disabled ? undefined : act}>
      {name} <span>{says}</span>
    </button>
  </li>
);

const stepsInWords = (steps: number): string => (steps === 1 ? "1 step" : `${steps} steps`);

type MenuActionsProps = Readonly<{
  onEmbed: () => void;
  /** Closes the menu. */
  close: () => void;
}>;

/** What the header has no room for on a phone, each with what it does. */
export const MenuActions = ({ onEmbed, close }: MenuActionsProps): ReactElement => {
  const full = useArePinsFull();
  const steps = useScenario(({ future }) => future.length);
  const { theme, goOn } = useTheme();
  const andClose = (act: () => void) => (): void => {
    // First: what opens takes the focus back to where it was when it is closed.
    close();
    act();
  };
  return (
    <ul className={styles.actions}>
      <Action
        name="Compare"
        says={full ? "four scenarios are all that fit" : "keep this one, change the next"}
        disabled={full}
        act={andClose(addToComparison)}
      />
      <Action name="Embed" says="in a page or a notebook" act={andClose(onEmbed)} />
      <Action
        name="Redo"
        says={steps === 0 ? "nothing to redo" : stepsInWords(steps)}
        disabled={steps === 0}
        act={redo}
      />
      <Action name="Theme" says={theme} act={goOn} />
    </ul>
  );
};
