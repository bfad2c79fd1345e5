/**
 * A question to begin with.
 *
 * @module
 */

/** One person of the data set, as a request body. */
export const sampleBody = "[59,2,32.1,101,157,93.2,38,4,4.8598,87]";

/** How to ask the service at `url` from a shell. */
export function curlLine(url: string): string {
  return `curl ${url}optimized_predict -H 'content-type: application/json' -d '${sampleBody}'`;
}
