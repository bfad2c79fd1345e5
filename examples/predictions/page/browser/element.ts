/**
 * Finds elements that the page is known to have.
 *
 * @module
 */

/// <reference lib="dom" />

/** The element with this id. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}`);
  return element as Kind;
}

/** The first element in `parent` that the selector finds. */
export function within<Kind extends HTMLElement = HTMLElement>(
  parent: ParentNode,
  selector: string,
): Kind {
  const element = parent.querySelector<Kind>(selector);
  if (element === null) throw new Error(`The page has no ${selector}`);
  return element;
}

/** A new element with this text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

/** The colour that the style sheet has by this name, in the theme at hand. */
export function colour(name: string): string {
  const style = getComputedStyle(document.documentElement);
  return style.getPropertyValue(`--${name}`);
}

/** Whether the visitor wants things to stand still. */
export function wantsStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
