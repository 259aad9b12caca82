// Button that says whether its action succeeded, and copying text to the clipboard.

import { type ReactElement, useState } from "react";
import { Button, type ButtonProps } from "./Button.tsx";

const SAID_MILLISECONDS = 2000;

type ActButtonProps = Pick<ButtonProps, "kind" | "size"> &
  Readonly<{
    children: string;
    /** What it says once it is done. */
    done: string;
    /** What it says where the browser refuses. */
    refused?: string;
    /** false: the browser refuses. A string: how it went otherwise. An exception: it did not. */
    act: () => unknown;
  }>;

const saidOf = (went: unknown): string | null => (typeof went === "string" ? went : null);

/** A button that says for a moment how it went. */
export const FeedbackButton = (props: ActButtonProps): ReactElement => {
  const { children, done, refused = "The browser refused", act, ...look } = props;
  const [said, setSaid] = useState<string | null>(null);
  const press = async (): Promise<void> => {
    const went = await Promise.resolve()
      .then(act)
      .catch(() => "Did not work");
    setSaid(saidOf(went) ?? (went === false ? refused : done));
    setTimeout(() => setSaid(null), SAID_MILLISECONDS);
  };
  return (
    <Button {...look} onClick={() => void press()}>
      <span aria-live="polite">{said ?? children}</span>
    </Button>
  );
};

/** Puts text on the clipboard; false when the browser refuses both ways (a frame without `allow="clipboard-write"`). */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
};

/** The old way, which frames may use where the clipboard API is refused. */
const copyBySelection = (text: string): boolean => {
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("readonly", "");
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
  }
};
