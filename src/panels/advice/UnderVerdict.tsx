import type { ReactElement } from "react";
import { CardNotes } from "./CardNotes.tsx";
import { QloraOverLora } from "./QloraOverLora.tsx";
import { TopChange } from "./TopChange.tsx";

/** What follows from the verdict: what surprises, the first change to make, and what the chosen card asks for. */
export const UnderVerdict = (): ReactElement => (
  <>
    <QloraOverLora />
    <TopChange />
    <CardNotes />
  </>
);
