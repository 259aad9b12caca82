import { lazy, memo, Suspense, useState, type ComponentType, type ReactElement } from "react";
import { Button } from "./Button.tsx";

/** A part of the page that is fetched when it is first shown, and the ways to fetch it before that; `ready` never rejects. */
export type Late<Props> = Readonly<{ Part: ComponentType<Props>; prefetch: () => void; ready: () => Promise<unknown> }>;

type Again = Readonly<{
  /** Fetches the part once more, and shows it. */
  again: () => void;
}>;

const NotLoaded = ({ again }: Again): ReactElement => (
  <p>
    This part could not be loaded.{" "}
    <Button kind="link" onClick={again}>
      Try again
    </Button>
  </p>
);

/**
 * Keeps a part out of the first chunk. A chunk that cannot be fetched becomes a sentence in the part's place, not an exception that takes the
 * page with it; why it cannot be had is said once for the page (`app/GoneNotice.tsx`). A part that is there already when it is first shown is drawn at
 * once, without the moment of nothing that `lazy` leaves.
 *
 * @param Missing what stands in the place of a part that could not be fetched
 */
export const late = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Missing: ComponentType<Props & Again> = NotLoaded,
): Late<Props> => {
  let loaded: ComponentType<Props> | null = null;
  const fetchPart = async (): Promise<ComponentType<Props>> => (loaded = await load());
  const Placed = (props: Props): ReactElement => {
    const again = (): void =>
      void fetchPart().then(
        (Part) => setShown(() => Part),
        () => undefined,
      );
    const [Shown, setShown] = useState<ComponentType<Props>>(
      () =>
        loaded ??
        lazy(async () => ({
          default: await fetchPart().catch(() => (own: Props) => <Missing {...own} again={again} />),
        })),
    );
    return (
      <Suspense fallback={null}>
        <Shown {...props} />
      </Suspense>
    );
  };
  // Drawn anew by what is around it, a part of the static page whose code is not here yet would vanish.
  const Part = memo(Placed) as ComponentType<Props>;
  const ready = (): Promise<unknown> => fetchPart().catch(() => undefined);
  return { Part, prefetch: () => void ready(), ready };
};
