// Header of the page: name, sections, undo and redo, theme, comparison, embed and copy link.

import { type ReactElement, useEffect, useState } from "react";
import { prefetchEmbedDialog, EmbedDialog } from "#panels/take/late-embed-dialog.ts";
import { redo, undo, useArePinsFull } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { FeedbackButton } from "#ui/FeedbackButton.tsx";
import { Button } from "#ui/Button.tsx";
import { addToComparison, PageSections, SectionsButton } from "./PageSections.tsx";
import styles from "./Header.module.css";
import { useTheme } from "./theme.ts";

const STEPS = {
  undo: { name: "Undo", act: undo, keys: "Control+Z Meta+Z", d: "M6 3 3 6l3 3M3 6h6a3.5 3.5 0 0 1 0 7H6" },
  redo: { name: "Redo", act: redo, keys: "Control+Shift+Z Meta+Shift+Z", d: "m10 3 3 3-3 3m3-3H7a3.5 3.5 0 0 0 0 7h3" },
} as const;

/** A step back, or again. It stays where it is, and keeps the focus, when there is no further step. */
const StepButton = ({ step }: Readonly<{ step: keyof typeof STEPS }>): ReactElement => {
  const { name, act, keys, d } = STEPS[step];
  const none = useScenario(({ past, future }) => (step === "undo" ? past : future).length === 0);
  return (
    <Button
      kind="quiet"
      className={styles.icon}
      aria-label={name}
      title={name}
      aria-keyshortcuts={keys}
      aria-disabled={none}
      onClick={act}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path className={styles.stroke} d={d} />
      </svg>
    </Button>
  );
};

/** Holds this scenario beside the next one. */
export const CompareButton = (): ReactElement => {
  const full = useArePinsFull();
  return (
    <Button
      onClick={addToComparison}
      aria-disabled={full}
      title={full ? "Four scenarios are all that fit" : "Keep this scenario beside the next one"}
    >
      Compare
    </Button>
  );
};

/** Leads to the dialog that builds an embed's line. */
const EmbedButton = ({ onClick }: Readonly<{ onClick: () => void }>): ReactElement => (
  <Button
    aria-haspopup="dialog"
    onPointerEnter={prefetchEmbedDialog}
    onFocus={prefetchEmbedDialog}
    onClick={onClick}
    title="Put this answer in a page or a notebook"
  >
    Embed
  </Button>
);

/** Puts the link to all that the page shows on the clipboard. */
const CopyLink = (): ReactElement => (
  <FeedbackButton
    kind="primary"
    done="Copied"
    refused="Copy refused"
    act={() =>
      import("#panels/take/page-link.ts").then(
        ({ copyLink }) => copyLink(),
        () => "Not loaded",
      )
    }
  >
    Copy link
  </FeedbackButton>
);

/** Says the theme, and changes it to the next one. */
const ThemeButton = (): ReactElement => {
  const { theme, next, goOn } = useTheme();
  return (
    <Button kind="quiet" onClick={goOn} title={`Change to ${next}`}>
      Theme: {theme}
    </Button>
  );
};

/** Fields whose text is being written: there the browser's own undo is meant. */
const WRITTEN =
  'textarea, [contenteditable], input:is([type="text"], [type="search"]):not([role="spinbutton"]), [data-written]';

const isMeant = ({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey) &&
  !altKey &&
  !(target instanceof Element && target.matches(WRITTEN)) &&
  // Behind a page over the page nobody would see what is taken back.
  document.querySelector("dialog:modal") === null;

const actOf = ({ key, shiftKey }: KeyboardEvent): (() => void) | null => {
  const pressed = key.toLowerCase();
  if (pressed === "z") return shiftKey ? redo : undo;
  return pressed === "y" && !shiftKey ? redo : null;
};

/**
 * Takes steps back with Ctrl+Z, and again with Ctrl+Shift+Z or Ctrl+Y (the command key on a Mac).
 *
 * @returns ends it
 */
const watchUndoKeys = (): (() => void) => {
  const press = (event: KeyboardEvent): void => {
    const act = isMeant(event) ? actOf(event) : null;
    if (act === null) return;
    event.preventDefault();
    act();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
};

/** The bar at the top, always in sight: the name, the sections of the page, steps back and again, and the ways out. On a phone most of it is in a menu. */
export const Header = (): ReactElement => {
  const [isEmbedding, setIsEmbedding] = useState(false);
  const embed = (): void => setIsEmbedding(true);
  useEffect(watchUndoKeys, []);
  return (
    <header className={styles.header}>
      <p className={styles.brand}>
        <Logo />
        <span className={styles.name}>Headroom</span>
      </p>
      <SectionsButton kind="sections" />
      <PageSections onEmbed={embed} />
      <div className={styles.actions}>
        <StepButton step="undo" />
        <div className={styles.wide}>
          <StepButton step="redo" />
          <ThemeButton />
          <CompareButton />
          <EmbedButton onClick={embed} />
        </div>
        <CopyLink />
        <SectionsButton kind="menu" />
      </div>
      {isEmbedding && <EmbedDialog onClose={() => setIsEmbedding(false)} />}
    </header>
  );
};

const Logo = (): ReactElement => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <rect className={styles.logoLine} width="16" height="2" />
    <rect className={styles.logoBar} x="1" y="7" width="5" height="9" />
    <rect className={styles.logoBar} x="10" y="8" width="5" height="8" />
    <rect className={styles.logoPart} x="10" y="4" width="5" height="4" />
  </svg>
);
