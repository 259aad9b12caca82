/**
 * Input as W3C WebDriver describes it, the same for its classic and its bidirectional form.
 *
 * @see https://www.w3.org/TR/webdriver2/#actions
 */
export type Source = KeySource | PointerSource;

type KeySource = Readonly<{ type: "key"; id: string; actions: readonly KeyStep[] }>;
export type KeyStep = Readonly<{ type: "keyDown" | "keyUp"; value: string }>;

type PointerSource = Readonly<{
  type: "pointer";
  id: string;
  parameters: Readonly<{ pointerType: "mouse" | "touch" }>;
  actions: readonly PointerStep[];
}>;
export type PointerStep =
  | Readonly<{ type: "pointerMove"; x: number; y: number; duration: number }>
  | Readonly<{ type: "pointerDown" | "pointerUp"; button: 0 }>;

export type Place = Readonly<{ x: number; y: number }>;

/** Keys that are no letters, by the code points that WebDriver has for them. */
export const KEY_CODES: Readonly<Record<string, string>> = {
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Escape: "\uE00C",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  F5: "\uE035",
  Meta: "\uE03D",
};

/** Keys, one after the other; `Control+v` holds the first while the second is pressed. */
export const keys = (...names: readonly string[]): readonly Source[] => [
  { type: "key", id: "keyboard", actions: names.flatMap(chord) },
];

const chord = (name: string): readonly KeyStep[] => {
  const held = name.split("+").map((key) => KEY_CODES[key] ?? key);
  return [
    ...held.map((value) => ({ type: "keyDown", value }) as const),
    ...held.toReversed().map((value) => ({ type: "keyUp", value }) as const),
  ];
};

/** Each letter of a text. */
export const typing = (text: string): readonly Source[] => keys(...text.split(""));

/** How long the hand takes from one place to the next, in ms. */
const STEP_MS = 40;

/** Down at the first place, over the others, up at the last. */
export const stroke = (pointerType: "mouse" | "touch", ...places: readonly Place[]): readonly Source[] =>
  pointer(pointerType, [...heldSteps(places), { type: "pointerUp", button: 0 }]);

/** Down at the first place, and over the others; `LETTING_GO` ends it. */
export const heldStroke = (...places: readonly Place[]): readonly Source[] => pointer("mouse", heldSteps(places));

const pointer = (pointerType: "mouse" | "touch", actions: readonly PointerStep[]): readonly Source[] => [
  { type: "pointer", id: pointerType, parameters: { pointerType }, actions },
];

export const LETTING_GO: readonly Source[] = pointer("mouse", [{ type: "pointerUp", button: 0 }]);

const heldSteps = (places: readonly Place[]): readonly PointerStep[] => {
  const moves = places.map(
    ({ x, y }, index) =>
      ({
        type: "pointerMove",
        x: Math.round(x),
        y: Math.round(y),
        duration: index === 0 ? 0 : STEP_MS,
      }) as const,
  );
  return [...moves.slice(0, 1), { type: "pointerDown", button: 0 }, ...moves.slice(1)];
};

/** The same, so much further to the right and down: what is done in a frame, as places of the window around it. */
export const shifted = (source: Source, by: Place): Source => {
  if (source.type === "key") return source;
  const actions = source.actions.map((step) =>
    step.type === "pointerMove" ? { ...step, x: Math.round(step.x + by.x), y: Math.round(step.y + by.y) } : step,
  );
  return { ...source, actions };
};
