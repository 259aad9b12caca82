// Error boundary that limits a failure to one panel and offers to try again.

import { Component, type ReactElement, type ReactNode, useEffect } from "react";
import { NoAnswer, useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./ErrorBoundary.module.css";

type Props = Readonly<{
  /** What failed, as the sentence names it: "The page", "This panel". */
  name: string;
  children: ReactNode;
}>;

/** Why nothing is drawn, as the engine says it; empty: nobody knows. null: all is well. */
type Failed = Readonly<{ why: string | null }>;

/** Keeps one panel's failure to that panel: it says so, the others stay; what comes next is drawn again. */
export class ErrorBoundary extends Component<Props, Failed> {
  override state: Failed = { why: null };

  static getDerivedStateFromError(error: unknown): Failed {
    return { why: error instanceof NoAnswer ? ` ${error.message}` : "" };
  }

  private readonly tryAgain = (): void => this.setState({ why: null });

  override render(): ReactNode {
    const { why } = this.state;
    return why === null ? this.props.children : <Failure {...this.props} why={why} tryAgain={this.tryAgain} />;
  }
}

type FailureProps = Readonly<{ name: string; why: string; tryAgain: () => void }>;

const Failure = ({ name, why, tryAgain }: FailureProps): ReactElement => {
  useEffect(
    () =>
      useScenario.subscribe((state, past) => {
        if (state.answer !== past.answer || state.choices !== past.choices) tryAgain();
      }),
    [tryAgain],
  );
  // Without an answer there is nothing to draw.
  const isAnswered = useScenario(({ unanswered }) => unanswered === null);
  return (
    <p role="alert" className={styles.failure}>
      {name} could not be drawn.{why} Nothing you entered is lost: the link in the address bar holds it all.{" "}
      {isAnswered ? (
        <Button kind="link" onClick={tryAgain}>
          Try again
        </Button>
      ) : (
        "Reload the page to try again."
      )}
    </p>
  );
};
