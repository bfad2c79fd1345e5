/**
 * The shared suite in a page: whoever drives the browser calls it.
 *
 * @module
 */
import { outcomes } from "./outcomes.ts";

Object.assign(globalThis, { outcomes });
