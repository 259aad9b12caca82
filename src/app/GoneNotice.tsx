import type { ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import { Notice } from "./Notice.tsx";

type GoneNoticeProps = Readonly<{
  /** There is a newer version; else the connection is the likeliest reason. */
  isReplaced: boolean;
  isEmbed: boolean;
  onReload: () => void;
  onDismiss: () => void;
}>;

/** Why parts of the page cannot be had, said once for all of them, and what to do. */
export const GoneNotice = ({ isReplaced, isEmbed, onReload, onDismiss }: GoneNoticeProps): ReactElement => {
  const kept = isEmbed ? "what is chosen here stays" : "your scenario is in the link";
  const reload = (
    <Button kind="primary" size="small" onClick={onReload}>
      Reload
    </Button>
  );
  const dismiss = (
    <Button kind="quiet" size="small" onClick={onDismiss}>
      Dismiss
    </Button>
  );
  return (
    <Notice
      voice="alert"
      isEmbed={isEmbed}
      acts={
        <>
          {isReplaced && reload}
          {dismiss}
        </>
      }
    >
      {isReplaced
        ? `A new version is here, and parts of this one are gone. Reload the page: ${kept}.`
        : "A part of this page could not be loaded. Check the connection, and try again."}
    </Notice>
  );
};
