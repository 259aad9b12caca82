import { late } from "#ui/late.tsx";

/** The embed, fetched when a link asks for it. */
export const embedPart = late(async () => (await import("./Embed.tsx")).Embed);
