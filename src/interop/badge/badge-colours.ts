import type { Status } from "#format/status-shapes.ts";

/** The colours of a badge in one theme. */
export type BadgeColours = Readonly<{ surface: string; ink: string; line: string; status: string; tint: string }>;

type Theme = Omit<BadgeColours, "status" | "tint"> &
  Readonly<Record<"fits" | "tight" | "over" | "not-known", readonly [string, string]>>;

/** The page's own (`app/tokens.css`): a picture that stands elsewhere has no style sheet to ask. */
const THEMES: Readonly<Record<"light" | "dark", Theme>> = {
  light: {
    surface: "#ffffff",
    ink: "#14171c",
    line: "#838a95",
    fits: ["#0a6b43", "#e4f4ec"],
    tight: ["#7d5200", "#fdf1d6"],
    over: ["#b3261e", "#fdeae8"],
    "not-known": ["#4b525d", "#eceef1"],
  },
  dark: {
    surface: "#121417",
    ink: "#eceef1",
    line: "#747c88",
    fits: ["#5fcf9b", "#12301f"],
    tight: ["#f0b94a", "#33270d"],
    over: ["#ff8a80", "#3d1a18"],
    "not-known": ["#b4bac4", "#23272d"],
  },
};

/** What a badge wears for an outcome. */
export const badgeColours = (theme: "light" | "dark", fit: Status): BadgeColours => {
  const { surface, ink, line, ...statuses } = THEMES[theme];
  const [status, tint] = statuses[fit === "cannot-run" ? "over" : fit];
  return { surface, ink, line, status, tint };
};
