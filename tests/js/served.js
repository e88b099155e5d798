/** Modules as gis_grid/web/static.py serves them: without the comments that have lines of their own. */
export const served = (script) => script.replace(/^[ \t]*(?:\/\*(?:(?!\*\/)[^])*\*\/[ \t]*|\/\/[^\n]*)\n/gm, '');
