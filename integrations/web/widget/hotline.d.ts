/**
 * The commands and settings of the widget, for sites written in TypeScript.
 */
export {};
