import { late } from "#ui/late.tsx";

/** The dialog that builds an embed's line: fetched when somebody is about to press for it. */
export const { Part: EmbedDialog, prefetch: prefetchEmbedDialog } = late(
  async () => (await import("./EmbedDialog.tsx")).EmbedDialog,
);
