import { Component, type ReactElement, type ReactNode, useEffect } from "react";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./ErrorBoundary.module.css";

type Props = Readonly<{
  /** What failed, as the sentence names it: "The page", "This panel". */
  name: string;
  children: ReactNode;
}>;

/** Keeps one panel's failure to that panel: it says so, the others stay; what comes next is drawn again. */
export class ErrorBoundary extends Component<Props, Readonly<{ failed: boolean }>> {
  override state = { failed: false };

  static getDerivedStateFromError(): Readonly<{ failed: boolean }> {
    return { failed: true };
  }

  private readonly tryAgain = (): void => this.setState({ failed: false });

  override render(): ReactNode {
    return this.state.failed ? <Failure name={this.props.name} tryAgain={this.tryAgain} /> : this.props.children;
  }
}

const Failure = ({ name, tryAgain }: Readonly<{ name: string; tryAgain: () => void }>): ReactElement => {
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
      {name} could not be drawn. Nothing you entered is lost: the link in the address bar holds it all.{" "}
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
