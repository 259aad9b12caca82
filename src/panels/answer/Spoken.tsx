import { type ReactElement, useEffect, useState } from "react";
import spoken from "#ui/spoken.module.css";

/** A sentence is read aloud when it has stood still for this long, not at every step of a slider. */
const QUIET_MILLISECONDS = 800;

/** A sentence for those who hear the page: once it has stood still. What it was when the page opened is not announced. */
export const Spoken = ({ text }: Readonly<{ text: string }>): ReactElement => {
  const [first] = useState(text);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), QUIET_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <output className={spoken.spoken} aria-live="polite">
      {said === first ? "" : said}
    </output>
  );
};
