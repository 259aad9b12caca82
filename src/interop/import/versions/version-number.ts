/** A version by its first two numbers: "0.17.0" is [0, 17]. */
export type VersionNumber = readonly [major: number, minor: number];

/** The first two numbers of a version; null: it does not begin with two. */
export const versionNumber = (text: string): VersionNumber | null => {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,3})/.exec(text) ?? [];
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)];
};

/** True if a version came before another one. */
export const isBefore = ([major, minor]: VersionNumber, [otherMajor, otherMinor]: VersionNumber): boolean =>
  major < otherMajor || (major === otherMajor && minor < otherMinor);
