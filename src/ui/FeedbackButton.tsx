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
