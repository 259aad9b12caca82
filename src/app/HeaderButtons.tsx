import type { ReactElement } from "react";
import { prefetchEmbedDialog } from "#panels/take/late-embed-dialog.ts";
import { redo, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useIsFull } from "#scenario/page/use-is-full.ts";
import { ActButton } from "#ui/ActButton.tsx";
import { Button } from "#ui/Button.tsx";
import { compare } from "./compare.ts";
import styles from "./Header.module.css";

const STEPS = {
  undo: { name: "Undo", act: undo, keys: "Control+Z Meta+Z", d: "M6 3 3 6l3 3M3 6h6a3.5 3.5 0 0 1 0 7H6" },
  redo: { name: "Redo", act: redo, keys: "Control+Shift+Z Meta+Shift+Z", d: "m10 3 3 3-3 3m3-3H7a3.5 3.5 0 0 0 0 7h3" },
} as const;

/** A step back, or again. It stays where it is, and keeps the focus, when there is no further step. */
export const StepButton = ({ step }: Readonly<{ step: keyof typeof STEPS }>): ReactElement => {
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
  const full = useIsFull();
  return (
    <Button
      onClick={compare}
      aria-disabled={full}
      title={full ? "Four scenarios are all that fit" : "Keep this scenario beside the next one"}
    >
      Compare
    </Button>
  );
};

/** Leads to the dialog that builds an embed's line. */
export const EmbedButton = ({ onClick }: Readonly<{ onClick: () => void }>): ReactElement => (
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
export const CopyLink = (): ReactElement => (
  <ActButton
    kind="primary"
    done="Copied"
    refused="Copy refused"
    act={() =>
      import("#panels/take/copy-link.ts").then(
        ({ copyLink }) => copyLink(),
        () => "Not loaded",
      )
    }
  >
    Copy link
  </ActButton>
);
