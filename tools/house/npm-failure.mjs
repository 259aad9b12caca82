/** A path that an error of npm names, and the folder of its cache in it: npm keeps what it fetches in `_cacache` there, and is in `.npm` of HOME unless told otherwise. */
const CACHE = /^npm (?:error|ERR!) path (.*?)(?:[\\/]_cacache\b.*|(?<=[\\/]\.npm)(?:[\\/].*)?)$/m;

/** A folder that cannot be made or written: no right to, a file system that only reads, a file in the place of a folder. */
const NOT_WRITTEN = /\b(?:EACCES|EPERM|EROFS|ENOTDIR|ENOENT)\b/;

/**
 * Why npm failed, where its own words do not say what to do: a HOME that cannot be written.
 *
 * @param {string} output of npm
 * @returns {string | null} a sentence that says what to set; null where npm's words have to do
 */
export const whyNpmFailed = (output) => {
  const folder = CACHE.exec(output)?.[1];
  if (folder === undefined || !NOT_WRITTEN.test(output)) return null;
  return `npm cannot write its cache in ${folder}: set npm_config_cache to a folder that can be written, as in npm_config_cache=/tmp/npm-cache npm test.`;
};
