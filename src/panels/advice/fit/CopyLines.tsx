import { type ReactElement, useState } from "react";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import { Button } from "#ui/Button.tsx";
import { copyText } from "#ui/copy-text.ts";

/** Copies what is added; says whether that was possible. */
export const CopyLines = ({ lines: { added } }: Readonly<{ lines: ConfigLines }>): ReactElement => {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(added.join("\n"));
    setSaid(isCopied ? "Copied." : "The browser does not allow copying here: select the lines instead.");
  };
  return (
    <>
      <Button onClick={() => void copy()}>Copy lines</Button>
      <output>{said}</output>
    </>
  );
};
