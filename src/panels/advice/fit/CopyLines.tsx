import { type ReactElement, useState } from "react";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import { Button } from "#ui/Button.tsx";
import { copyText } from "#ui/copy-text.ts";

/** Copies what is added; says whether that was possible, until the lines are others. */
export const CopyLines = ({ lines: { added } }: Readonly<{ lines: ConfigLines }>): ReactElement => {
  const [told, setTold] = useState<Readonly<{ text: string; says: string }> | null>(null);
  const text = added.join("\n");
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(text);
    setTold({
      text,
      says: isCopied ? "Copied." : "The browser does not allow copying here: select the lines instead.",
    });
  };
  return (
    <>
      <Button onClick={() => void copy()}>Copy lines</Button>
      <output>{told?.text === text && told.says}</output>
    </>
  );
};
