/** A rectangle in the window of its page or frame, in px. */
type Box = Readonly<{ x: number; y: number; width: number; height: number }>;

/** What `driven.js` puts into every page that the list drives. */
declare const driven: Readonly<{
  noise: string[];
  textOf: (element: Element | null) => string;
  nameOf: (element: Element) => string;
  all: (selector: string, name?: string) => Element[];
  find: (selector: string, name?: string) => Element | null;
  place: (what: readonly [string, string?]) => Box | null;
  oneLine: (text: string | null | undefined) => string;
}>;
