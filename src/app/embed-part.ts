import { latePart } from "#ui/late-parts.tsx";

/** The embed, fetched when a link asks for it. */
export const embedPart = latePart(async () => (await import("./Embed.tsx")).Embed);
