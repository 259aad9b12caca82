// Late loading of the embed dialog, shared by the header and the export panel.

import { useEffect } from "react";
import { latePart } from "#ui/late-parts.tsx";

type EmbedDialogProps = Readonly<{ onClose: () => void }>;

/** A dialog that could not be fetched is closed again, so that it can be opened once more. */
const Closed = ({ onClose }: EmbedDialogProps): null => {
  useEffect(onClose, [onClose]);
  return null;
};

/** The dialog that builds an embed's line: fetched when somebody is about to press for it. */
export const { Part: EmbedDialog, prefetch: prefetchEmbedDialog } = latePart<EmbedDialogProps>(
  async () => (await import("./EmbedDialog.tsx")).EmbedDialog,
  Closed,
);
