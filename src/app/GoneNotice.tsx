import { type ReactElement, useEffect, useRef } from "react";
import { Button } from "#ui/Button.tsx";
import styles from "./GoneNotice.module.css";

type GoneNoticeProps = Readonly<{
  /** There is a newer version; else the connection is the likeliest reason. */
  isReplaced: boolean;
  /** In another page, where it stands above the rest and covers nothing. */
  isEmbed: boolean;
  onReload: () => void;
  onDismiss: () => void;
}>;

/** Why parts of the page cannot be had, said once for all of them, and what to do. */
export const GoneNotice = ({ isReplaced, isEmbed, onReload, onDismiss }: GoneNoticeProps): ReactElement => {
  const notice = useRef<HTMLDivElement>(null);
  // Above everything, an open dialog too.
  useEffect(() => {
    if (!isEmbed) notice.current?.showPopover?.();
  }, [isEmbed]);
  const kept = isEmbed ? "what is chosen here stays" : "your scenario is in the link";
  return (
    <div
      ref={notice}
      className={isEmbed ? styles.inFlow : styles.over}
      popover={isEmbed ? undefined : "manual"}
      role="alert"
    >
      <p>
        {isReplaced
          ? `A new version is here, and parts of this one are gone. Reload the page: ${kept}.`
          : "A part of this page could not be loaded. Check the connection, and try again."}
      </p>
      <span className={styles.acts}>
        {isReplaced && (
          <Button kind="primary" size="small" onClick={onReload}>
            Reload
          </Button>
        )}
        <Button kind="quiet" size="small" onClick={onDismiss}>
          Dismiss
        </Button>
      </span>
    </div>
  );
};
