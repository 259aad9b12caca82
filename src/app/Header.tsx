import { type ReactElement, useEffect, useState } from "react";
import { EmbedDialog } from "#panels/take/late-embed-dialog.ts";
import styles from "./Header.module.css";
import { CompareButton, CopyLink, EmbedButton, StepButton } from "./HeaderButtons.tsx";
import { PageSections, SectionsButton } from "./PageSections.tsx";
import { ThemeButton } from "./ThemeButton.tsx";
import { watchUndoKeys } from "./undo-keys.ts";

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
