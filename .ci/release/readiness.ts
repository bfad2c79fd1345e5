/**
 * Whether all places that name the version agree.
 *
 * @module
 */

/** What a release is made of. */
export interface Release {
  /** As `deno.json` names it. */
  version: string;
  changelog: string;
  /** Those of the commit that is checked out. */
  tags: string[];
  /** What `git status --porcelain` says. */
  status: string;
}

const VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** @returns What has to be put right before it can be published; nothing if all is well. */
export function problemsOf(release: Release): string[] {
  const { version, changelog, tags, status } = release;
  const [, heading = ""] = changelog.match(/^## (.*)$/m) ?? [];
  const tag = `v${version}`;
  return [
    !VERSION.test(version) &&
    `"version" of deno.json: wanted one like 1.2.3, got ${version}`,
    !new RegExp(`^${escaped(version)} \\(\\d{4}-\\d\\d-\\d\\d\\)$`).test(
      heading,
    ) &&
    `CHANGELOG.md: its first heading must be "## ${version} (year-month-day)", got "## ${heading}"`,
    status.trim() !== "" && `git: there are changes:\n${status.trimEnd()}`,
    !tags.includes(tag) &&
    `git: this commit must have the tag ${tag}, and has ${
      tags.join(", ") || "none"
    }`,
  ].filter((problem) => problem !== false);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
